import { defineContext } from '../platform/context-definition.js';
import { viewGauge } from '../platform/metrics/view-gauge.js';
import { AbandonMessagesEffect } from './abandon-messages.effect.js';
import { CancelMessageHandler } from './cancel-message.handler.js';
import { EditMessageHandler, RevokeMessageHandler } from './change-message.handlers.js';
import { changesProjection } from './changes.projection.js';
import { ChangeChatHandler } from './chats/change-chat.handler.js';
import { chatDecider } from './chats/chat.decider.js';
import { chatsProjection } from './chats/chats.projection.js';
import { chatsQueries } from './chats/chats.queries.js';
import { chatMarksSaga } from './chats/chats.saga.js';
import { TellChatMarksEffect } from './chats/tell-chat-marks.effect.js';
import { FormerAccountEffect } from './former-account.effect.js';
import { CancelHeldEffect } from './cancel-held.effect.js';
import { CancelUnsentEffect } from './cancel-unsent.effect.js';
import { EraseMessagesEffect } from './erase-messages.effect.js';
import { retentionDecider } from './retention.decider.js';
import { erasureDecider } from './erasure.decider.js';
import { HoldWaitingEffect } from './hold-waiting.effect.js';
import { MarkMessageHandler } from './marks/mark-message.handler.js';
import { marksProjection } from './marks/marks.projection.js';
import { receiptsDecider } from './receipts/receipts.decider.js';
import { ReportMarksEffect } from './marks/report-marks.effect.js';
import { messageDecider } from './message.decider.js';
import { NoteSentReactionEffect } from './note-sent-reaction.effect.js';
import { messagePublicEvents } from './messages.public-events.js';
import { messages, messagesProjection } from './messages.projection.js';
import { messagesQueries } from './messages.queries.js';
import {
  abandonSaga,
  erasureSaga,
  heldMessagesSaga,
  marksSaga,
  outboxSaga,
  revokedKeysSaga,
  sealedChangesSaga,
  sentReactionsSaga,
  waitingSaga,
} from './messages.saga.js';
import { addressDecider } from './people/address.decider.js';
import { contactPublicEvents, presencePublicEvents } from './people/people.public-events.js';
import { addressesProjection } from './people/addresses.projection.js';
import { NumberChecks } from './outbox/number-checks.js';
import { personDecider } from './people/person.decider.js';
import { newContactsProjection } from './pacing/new-contacts.projection.js';
import { pacingSaga } from './pacing/pacing.saga.js';
import { ReconsiderPacingEffect } from './pacing/reconsider-pacing.effect.js';
import { DeliverMessageEffect } from './outbox/deliver-message.effect.js';
import { OpenSealedChangeEffect } from './reports/open-sealed-change.effect.js';
import { ForwardMessageHandler, RetryMessageHandler } from './send-again.handlers.js';
import { EndDownloadsEffect, FetchFileEffect, FetchPendingFilesEffect } from './received-files/fetch-file.effect.js';
import { FetchReceivedFileHandler } from './received-files/fetch-received-file.handler.js';
import { receivedFilesSaga } from './received-files/received-files.saga.js';
import { GiveBackQuotaEffect } from './quota/give-back-quota.effect.js';
import { allowanceDecider } from './quota/allowance.decider.js';
import { quotaDecider } from './quota/quota.decider.js';
import { quotaPublicEvents } from './quota/quota.public-events.js';
import { givenBackSaga } from './quota/given-back.saga.js';
import { SendMessageHandler } from './send-message.handler.js';
import { AwaitScheduleEffect } from './schedule/await-schedule.effect.js';

/** Messages: accepted and sent, or received. */
export const messagingContext = defineContext({
  name: 'messaging',
  deciders: [
    messageDecider,
    addressDecider,
    personDecider,
    chatDecider,
    receiptsDecider,
    erasureDecider,
    retentionDecider,
    quotaDecider,
    allowanceDecider,
  ],
  projections: [
    newContactsProjection,
    messagesProjection,
    changesProjection,
    marksProjection,
    chatsProjection,
    addressesProjection,
  ],
  sagas: [
    outboxSaga,
    sealedChangesSaga,
    receivedFilesSaga,
    marksSaga,
    sentReactionsSaga,
    abandonSaga,
    revokedKeysSaga,
    heldMessagesSaga,
    erasureSaga,
    waitingSaga,
    pacingSaga,
    chatMarksSaga,
    givenBackSaga,
  ],
  commands: {
    SendMessage: SendMessageHandler,
    CancelMessage: CancelMessageHandler,
    ChangeChat: ChangeChatHandler,
    MarkMessage: MarkMessageHandler,
    RetryMessage: RetryMessageHandler,
    ForwardMessage: ForwardMessageHandler,
    EditMessage: EditMessageHandler,
    RevokeMessage: RevokeMessageHandler,
    FetchReceivedFile: FetchReceivedFileHandler,
    CheckNumbers: NumberChecks,
  },
  effects: {
    DeliverMessage: DeliverMessageEffect,
    AwaitSchedule: AwaitScheduleEffect,
    CancelUnsentOfKey: CancelUnsentEffect,
    CancelHeld: CancelHeldEffect,
    AbandonMessages: AbandonMessagesEffect,
    FailForFormerAccount: FormerAccountEffect,
    EraseMessages: EraseMessagesEffect,
    OpenSealedChange: OpenSealedChangeEffect,
    FetchFile: FetchFileEffect,
    FetchPendingFiles: FetchPendingFilesEffect,
    EndDownloads: EndDownloadsEffect,
    NoteSentReaction: NoteSentReactionEffect,
    ReportMarks: ReportMarksEffect,
    HoldWaiting: HoldWaitingEffect,
    TellChatMarks: TellChatMarksEffect,
    GiveBackQuota: GiveBackQuotaEffect,
    ReconsiderPacing: ReconsiderPacingEffect,
  },
  queries: { ...messagesQueries, ...chatsQueries },
  viewGauges: [
    viewGauge({
      name: 'waybill_messages_waiting',
      help: 'Messages that were accepted and are not sent yet.',
      label: 'status',
      of: messages,
      values: { queued: { status: 'queued' }, scheduled: { status: 'scheduled' } },
    }),
  ],
  publicEvents: [messagePublicEvents, contactPublicEvents, presencePublicEvents, quotaPublicEvents],
});
