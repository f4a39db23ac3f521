import { Module } from '@nestjs/common';
import { AdminUsageController } from './http/admin-usage.controller.js';
import { UsageController } from './http/usage.controller.js';

@Module({ controllers: [UsageController, AdminUsageController] })
export class UsageModule {}
