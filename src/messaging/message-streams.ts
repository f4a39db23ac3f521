import { Inject, Injectable } from '@nestjs/common';
import { fold, type EventCodec, type Recorded } from '#lib/event-sourcing';
import type { EventStore, StoredEvent } from '#lib/event-store';
import type { Stores } from '../platform/stores.js';
import { CODEC, STORES } from '../platform/tokens.js';
import { messageEvents, type MessageEvent } from './message.contract.js';
import { messageDecider, type MessageState } from './message.decider.js';

export type RecordedMessage = {
  readonly message: MessageState;
  /** In order; empty where there is no such message. */
  readonly events: readonly Recorded<MessageEvent>[];
};

/** Reads messages from the log itself, which no view is ahead of. */
@Injectable()
export class MessageStreams {
  private readonly events: EventStore;

  constructor(
    @Inject(STORES) stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
  ) {
    this.events = stores.events;
  }

  async read(messageId: string): Promise<RecordedMessage> {
    const stored: StoredEvent[] = [];
    for await (const event of this.events.readStream(`${messageEvents.category}-${messageId}`)) stored.push(event);
    const events = (await this.codec.decode(stored)) as readonly Recorded<MessageEvent>[];
    return { message: fold(messageDecider, events), events };
  }
}
