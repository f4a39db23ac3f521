import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AllEventsController } from './http/all-events.controller.js';
import { EventStreams } from './http/event-streams.js';
import { EventsController } from './http/events.controller.js';
import { LiveReaders } from './live-readers.js';
import { Opening } from './opening.js';
import { ChatLookup } from './reading/chat-lookup.js';
import { EventHub } from './reading/event-hub.js';
import { EventReading } from './reading/event-reading.js';
import { SocketController } from './socket/socket.controller.js';

/** What happens, as it happens: to users and admins who are connected. */
@Module({})
export class LiveModule {
  /** `identity` provides what its contracts name. */
  static with({ identity }: { readonly identity: Type }): DynamicModule {
    return {
      module: LiveModule,
      imports: [identity],
      controllers: [EventsController, AllEventsController, SocketController],
      providers: [ChatLookup, EventHub, EventReading, Opening, LiveReaders, EventStreams],
    };
  }
}
