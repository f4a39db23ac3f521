import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AbandonMessagesEffect } from './abandon-messages.effect.js';
import { CancelMessageHandler } from './cancel-message.handler.js';
import { CancelHeldEffect } from './cancel-held.effect.js';
import { CancelUnsentEffect } from './cancel-unsent.effect.js';
import { ChangeRequests, EditMessageHandler, RevokeMessageHandler } from './change-message.handlers.js';
import { EraseMessagesEffect } from './erase-messages.effect.js';
import { ledgerProvider } from './quota/ledger.provider.js';
import { NewChats } from './quota/new-chats.js';
import { QuotaNews } from './quota/quota-news.js';
import { Quotas } from './quota/quotas.js';
import { GiveBackQuotaEffect } from './quota/give-back-quota.effect.js';
import { FormerAccountEffect } from './former-account.effect.js';
import { AdminMessagesController } from './http/admin-messages.controller.js';
import { BatchController } from './http/batch.controller.js';
import { LimitsController } from './http/limits.controller.js';
import { UserAllowances } from './http/user-allowances.js';
import { HoldWaitingEffect } from './hold-waiting.effect.js';
import { MessageChangesController } from './http/message-changes.controller.js';
import { MessageBatches } from './http/message-batches.js';
import { MessagesController } from './http/messages.controller.js';
import { Attachments } from './attachments/attachments.js';
import { ChangeChatHandler } from './chats/change-chat.handler.js';
import { ChatPeopleController } from './chats/chat-people.controller.js';
import { ChatHistory } from './chats/chat-history.js';
import { ReadChat } from './chats/read-chat.js';
import { TellChatMarksEffect } from './chats/tell-chat-marks.effect.js';
import { ChatsController } from './chats/chats.controller.js';
import { MarkMessageHandler } from './marks/mark-message.handler.js';
import { ReportMarksEffect } from './marks/report-marks.effect.js';
import { NoteSentReactionEffect } from './note-sent-reaction.effect.js';
import { ChangeDelivery } from './outbox/change-delivery.js';
import { SentAgainController } from './http/sent-again.controller.js';
import { Confirmations } from './outbox/confirmations.js';
import { DeliverMessageEffect } from './outbox/deliver-message.effect.js';
import { Delivery } from './outbox/delivery.js';
import { FileUploads } from './outbox/file-uploads.js';
import { Holds } from './outbox/holds.js';
import { Destinations } from './outbox/destinations.js';
import { NumberChecks } from './outbox/number-checks.js';
import { Outbox } from './outbox/outbox.js';
import { OutboxRestorer } from './outbox/outbox-restorer.js';
import { PendingChanges } from './outbox/pending-changes.js';
import { WhatsAppIds } from './outbox/whatsapp-ids.js';
import { Names } from './people/names.js';
import { People } from './people/people.js';
import { PresenceNews } from './people/presence-news.js';
import { Presences } from './people/presences.js';
import { Recipients } from './people/recipients.js';
import { Contacts } from './pacing/contacts.js';
import { Pacers, USUAL_PACING } from './pacing/pacers.js';
import type { Pacing } from './pacing/pacing.contract.js';
import { ReconsiderPacingEffect } from './pacing/reconsider-pacing.effect.js';
import { Recorder } from './recorder.js';
import { Download } from './received-files/download.js';
import { DownloadRestorer } from './received-files/download-restorer.js';
import { Downloads } from './received-files/downloads.js';
import { Phones } from './received-files/phones.js';
import { EndDownloadsEffect, FetchFileEffect, FetchPendingFilesEffect } from './received-files/fetch-file.effect.js';
import { FetchReceivedFileHandler } from './received-files/fetch-received-file.handler.js';
import { VoiceWaveforms } from './outbox/voice-waveforms.js';
import { LinkPreviews } from './previews/link-previews.js';
import { ChatLanes } from './reports/chat-lanes.js';
import { ContactReports } from './reports/contact-reports.js';
import { ElsewhereReports } from './reports/elsewhere-reports.js';
import { IncomingReports } from './reports/incoming-reports.js';
import { ReceivedIds } from './reports/received-ids.js';
import { OpenSealedChangeEffect } from './reports/open-sealed-change.effect.js';
import { ReceiptBatches } from './receipts/receipt-batches.js';
import { ShownReceipts } from './receipts/shown-receipts.js';
import { OwnMessages } from './reports/own-messages.js';
import { ReceiptReports } from './reports/receipt-reports.js';
import { SentMessageLookup } from './reports/sent-message-lookup.js';
import { AwaitScheduleEffect } from './schedule/await-schedule.effect.js';
import { Schedule } from './schedule/schedule.js';
import { ForwardMessageHandler, RetryMessageHandler } from './send-again.handlers.js';
import { MAX_SCHEDULE_DAYS, SendMessageHandler } from './send-message.handler.js';
import { Retention } from './retention.js';
import { Senders } from './senders/senders.js';

const acceptance = [
  Attachments,
  SendMessageHandler,
  CancelMessageHandler,
  ChangeChatHandler,
  ReadChat,
  ChatHistory,
  MarkMessageHandler,
  RetryMessageHandler,
  ForwardMessageHandler,
  EditMessageHandler,
  RevokeMessageHandler,
  ChangeRequests,
  Senders,
  Retention,
  Quotas,
  QuotaNews,
  NewChats,
  UserAllowances,
  ledgerProvider,
  GiveBackQuotaEffect,
  People,
  Names,
  Recipients,
];
const outbox = [
  Outbox,
  Pacers,
  Contacts,
  FileUploads,
  VoiceWaveforms,
  LinkPreviews,
  OutboxRestorer,
  Holds,
  Delivery,
  ChangeDelivery,
  PendingChanges,
  Destinations,
  NumberChecks,
  Confirmations,
  WhatsAppIds,
  Recorder,
  Schedule,
];
const reports = [
  ReceiptReports,
  OwnMessages,
  ReceiptBatches,
  ShownReceipts,
  IncomingReports,
  ContactReports,
  ElsewhereReports,
  MessageBatches,
  PresenceNews,
  Presences,
  ChatLanes,
  ReceivedIds,
  SentMessageLookup,
];
const receivedFiles = [Download, Downloads, Phones, DownloadRestorer, FetchReceivedFileHandler];
const effects = [
  DeliverMessageEffect,
  AwaitScheduleEffect,
  CancelHeldEffect,
  CancelUnsentEffect,
  AbandonMessagesEffect,
  FormerAccountEffect,
  EraseMessagesEffect,
  OpenSealedChangeEffect,
  FetchFileEffect,
  FetchPendingFilesEffect,
  EndDownloadsEffect,
  HoldWaitingEffect,
  ReportMarksEffect,
  NoteSentReactionEffect,
  TellChatMarksEffect,
  ReconsiderPacingEffect,
];

type MessagingOptions = {
  /** Provides what the contracts of sessions name. */
  readonly sessions: Type;
  /** Provides the library of files. */
  readonly media: Type;
  /** Of sessions that are not set otherwise. */
  readonly pacing: Pacing;
  readonly maxScheduleDays: number;
};

/** The routes of messages, and what carries messages to WhatsApp and back. */
@Module({})
export class MessagingModule {
  static with({ sessions, media, pacing, maxScheduleDays }: MessagingOptions): DynamicModule {
    return {
      module: MessagingModule,
      imports: [sessions, media],
      controllers: [
        ChatsController,
        ChatPeopleController,
        MessagesController,
        BatchController,
        MessageChangesController,
        SentAgainController,
        AdminMessagesController,
        LimitsController,
      ],
      providers: [
        ...acceptance,
        ...outbox,
        ...reports,
        ...receivedFiles,
        ...effects,
        { provide: USUAL_PACING, useValue: pacing },
        { provide: MAX_SCHEDULE_DAYS, useValue: maxScheduleDays },
      ],
    };
  }
}
