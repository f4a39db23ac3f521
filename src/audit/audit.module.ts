import { Module } from '@nestjs/common';
import { StreamsController } from './streams.controller.js';
import { SubscriptionsController } from './subscriptions.controller.js';

/** The record as auditors read it, and the health of what follows it. */
@Module({ controllers: [StreamsController, SubscriptionsController] })
export class AuditModule {}
