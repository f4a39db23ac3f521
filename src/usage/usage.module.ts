import { Module } from '@nestjs/common';
import { AdminUsageController } from './http/admin-usage.controller.js';
import { UsageController } from './http/usage.controller.js';
import { UsageReport } from './usage-report.js';

@Module({ controllers: [UsageController, AdminUsageController], providers: [UsageReport] })
export class UsageModule {}
