import type { Command } from '#lib/event-sourcing';
import type { WebhookSettings } from './webhook.contract.js';

/** @throws {DomainError} `webhook_not_found` */
type ForWebhook<Data = object> = Data & { readonly userId: string; readonly webhookId: string; readonly at: string };

/** Given again with the same id, it changes nothing. @throws {DomainError} `webhook_limit_reached`, `user_not_found` */
type RegisterWebhook = Command<'RegisterWebhook', ForWebhook<WebhookSettings & { readonly userLimit: number }>>;
/** What is left out stays. `headersId`: the values of headers were given, and are stored under this id. */
type ChangeWebhook = Command<
  'ChangeWebhook',
  ForWebhook<{ readonly change: Partial<WebhookSettings>; readonly headersId?: string }>
>;
/** Events that happen from now on are not delivered; those before still are. @throws {DomainError} `webhook_disabled` */
type PauseWebhook = Command<'PauseWebhook', ForWebhook>;
/** After a pause, or after it was disabled. */
type ResumeWebhook = Command<'ResumeWebhook', ForWebhook>;
/**
 * Nothing is delivered any more until it is resumed. `since`: when that began for which it is disabled. It counts no longer where the webhook
 * was resumed, or got another URL or headers, after that.
 */
export type DisableWebhook = Command<
  'DisableWebhook',
  ForWebhook<{ readonly code: 'gone' | 'failing'; readonly reason: string; readonly since: string }>
>;
/** The former secret signs as well until `formerUntil`. */
type RotateWebhookSecret = Command<'RotateWebhookSecret', ForWebhook<{ readonly formerUntil: string }>>;
/** Given again with the same `testId`, it changes nothing. @throws {DomainError} `webhook_disabled` */
type TestWebhook = Command<'TestWebhook', ForWebhook<{ readonly testId: string }>>;
type RemoveWebhook = Command<'RemoveWebhook', ForWebhook>;
/** The user is gone. */
export type CloseWebhooks = Command<'CloseWebhooks', { readonly userId: string; readonly at: string }>;

export type WebhookCommand =
  | RegisterWebhook
  | ChangeWebhook
  | PauseWebhook
  | ResumeWebhook
  | DisableWebhook
  | RotateWebhookSecret
  | TestWebhook
  | RemoveWebhook
  | CloseWebhooks;

/** It was removed, at that position: its requests are aborted, and its secret and headers are removed from the vault. */
export type ForgetWebhook = Command<'ForgetWebhook', { readonly webhookId: string; readonly position: number }>;
/** The session was deleted, at that position: requests that deliver what happened to it before are aborted. */
export type AbortRequests = Command<'AbortRequests', { readonly sessionId: string; readonly position: number }>;
/** It was resumed: what waits for it is delivered now. */
export type WakeWebhook = Command<'WakeWebhook', { readonly webhookId: string; readonly position: number }>;
