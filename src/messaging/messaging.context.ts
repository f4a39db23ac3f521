import { defineContext } from '../platform/context-definition.js';
import { AbandonMessagesEffect } from './abandon-messages.effect.js';
import { CancelMessageHandler } from './cancel-message.handler.js';
import { FormerAccountEffect } from './former-account.effect.js';
import { messageDecider } from './message.decider.js';
import { messagesProjection } from './messages.projection.js';
import { messagesQueries } from './messages.queries.js';
import { abandonSaga, outboxSaga } from './messages.saga.js';
import { addressDecider } from './people/address.decider.js';
import { addressesProjection } from './people/addresses.projection.js';
import { People } from './people/people.js';
import { DeliverMessageEffect } from './outbox/deliver-message.effect.js';
import { SendMessageHandler } from './send-message.handler.js';
import { AwaitScheduleEffect } from './schedule/await-schedule.effect.js';

/** Messages: accepted and sent, or received. */
export const messagingContext = defineContext({
  name: 'messaging',
  deciders: [messageDecider, addressDecider],
  projections: [messagesProjection, addressesProjection],
  sagas: [outboxSaga, abandonSaga],
  commands: { SendMessage: SendMessageHandler, CancelMessage: CancelMessageHandler, LearnPeople: People },
  effects: {
    DeliverMessage: DeliverMessageEffect,
    AwaitSchedule: AwaitScheduleEffect,
    AbandonMessages: AbandonMessagesEffect,
    FailForFormerAccount: FormerAccountEffect,
  },
  queries: messagesQueries,
});
