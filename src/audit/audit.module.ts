import { Module } from '@nestjs/common';
import { DamagedEventsController } from './damaged-events.controller.js';
import { StreamsController } from './streams.controller.js';
import { SubscriptionsController } from './subscriptions.controller.js';

/** The event streams as auditors read them, and the state of the projections and sagas. */
@Module({ controllers: [StreamsController, SubscriptionsController, DamagedEventsController] })
export class AuditModule {}
