import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { DamagedEventsController } from './damaged-events.controller.js';
import { JobsController } from './jobs.controller.js';
import { RecordController } from './record/record.controller.js';
import { RecordReading } from './record/record-reading.js';
import { Followers } from './followers.js';
import { ProcessesController } from './processes.controller.js';
import { StreamsController } from './streams.controller.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { SystemController } from './system.controller.js';

/** The event streams as auditors read them, and the state of the projections, the sagas and the stores. */
@Module({})
export class AuditModule {
  /** `sessions` provides what its contracts name. */
  static with({ sessions }: { readonly sessions: Type }): DynamicModule {
    return {
      module: AuditModule,
      imports: [sessions],
      controllers: [
        StreamsController,
        RecordController,
        SubscriptionsController,
        DamagedEventsController,
        SystemController,
        JobsController,
        ProcessesController,
      ],
      providers: [RecordReading, Followers],
    };
  }
}
