import { Module } from '@nestjs/common';
import { BackupJobs } from './backup-jobs.js';
import { BackupsController } from './backups.controller.js';

/** Encrypted backups by schedule, and at an admin's word. */
@Module({ controllers: [BackupsController], providers: [BackupJobs] })
export class BackupModule {}
