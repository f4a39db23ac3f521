import { Module } from '@nestjs/common';
import { AdminApiLogController } from './admin-api-log.controller.js';
import { ApiLogController } from './api-log.controller.js';
import { RequestCleaning } from './request-cleaning.js';

/** The log of requests, for admins, and for users those of their own. */
@Module({ controllers: [ApiLogController, AdminApiLogController], providers: [RequestCleaning] })
export class ApiLogModule {}
