import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AbandonMessagesEffect } from './abandon-messages.effect.js';
import { DailyQuota } from './daily-quota.js';
import { AdminMessagesController } from './http/admin-messages.controller.js';
import { MessagesController } from './http/messages.controller.js';
import { MessageStreams } from './message-streams.js';
import { Messages } from './messages.js';
import { Attempts } from './outbox/attempts.js';
import { Confirmations } from './outbox/confirmations.js';
import { DeliverMessageEffect } from './outbox/deliver-message.effect.js';
import { Delivery } from './outbox/delivery.js';
import { NumberChecks } from './outbox/number-checks.js';
import { Outbox } from './outbox/outbox.js';
import { PACING } from './outbox/pace.js';
import { SentIds } from './outbox/sent-ids.js';
import type { Pacing } from './pacing.contract.js';
import { Recorder } from './recorder.js';
import { Incoming } from './reports/incoming.js';
import { Receipts } from './reports/receipts.js';
import { SentMessages } from './reports/sent-messages.js';
import { AwaitScheduleEffect } from './schedule/await-schedule.effect.js';
import { Schedule } from './schedule/schedule.js';
import { Senders } from './senders/senders.js';

const outbox = [Outbox, Attempts, Delivery, NumberChecks, Confirmations, SentIds, Recorder];
const reports = [Receipts, Incoming, SentMessages];
const effects = [DeliverMessageEffect, AwaitScheduleEffect, AbandonMessagesEffect];

/** The routes of messages, and what carries them to WhatsApp and back. */
@Module({})
export class MessagingModule {
  /** `sessions` provides what the contracts of sessions name. Where `pacing` is null, messages leave as fast as they can. */
  static with({ sessions, pacing }: { readonly sessions: Type; readonly pacing: Pacing | null }): DynamicModule {
    return {
      module: MessagingModule,
      imports: [sessions],
      controllers: [MessagesController, AdminMessagesController],
      providers: [
        Messages,
        MessageStreams,
        Senders,
        DailyQuota,
        Schedule,
        ...outbox,
        ...reports,
        ...effects,
        { provide: PACING, useValue: pacing },
      ],
    };
  }
}
