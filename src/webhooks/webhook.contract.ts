import { z } from 'zod';
import { event, eventTypes, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();
const ofWebhook = { webhookId: z.uuid(), userId: z.uuid() };

/** What a user says of a webhook. The values of its headers are secrets, and in no event. */
const settings = {
  url: z.string(),
  /** Types of public events, `message.*`, or `*`. */
  events: z.array(z.string()),
  /** Only what happens to these sessions; null: to all. */
  sessionIds: z.array(z.uuid()).nullable(),
  headerNames: z.array(z.string()),
  /** Whether the events of a chat come in their order. */
  ordered: z.boolean(),
  description: z.string().nullable(),
};
export type WebhookSettings = Readonly<z.output<z.ZodObject<typeof settings>>>;

const personal = { subject: 'userId', fields: ['url', 'description'] } as const;

/** `gone`: the server answered 410. `failing`: no delivery succeeded for days. */
const DisabledCode = z.enum(['gone', 'failing']);

/** The webhooks of a user: one stream, so that their limit holds exactly. */
export const webhookEvents = eventTypes('webhook', {
  WebhookRegistered: event(z.object({ ...ofWebhook, ...settings, registeredAt: time }), { personal }),
  /**
   * How it is now. `headersId`: the values of its headers are others, also under the same names; they are kept apart under this id. Older
   * events have none (`headersGiven`), or do not say.
   */
  WebhookChanged: event(
    z.object({
      ...ofWebhook,
      ...settings,
      headersId: z.uuid().optional(),
      headersGiven: z.literal(true).optional(),
      changedAt: time,
    }),
    { personal },
  ),
  WebhookPaused: event(z.object({ ...ofWebhook, pausedAt: time })),
  /** It was paused or disabled. */
  WebhookResumed: event(z.object({ ...ofWebhook, resumedAt: time })),
  WebhookDisabled: event(z.object({ ...ofWebhook, code: DisabledCode, reason: z.string(), disabledAt: time })),
  WebhookSecretRotated: event(z.object({ ...ofWebhook, formerUntil: time, rotatedAt: time })),
  /** Older events have no `testId`. */
  WebhookTested: event(z.object({ ...ofWebhook, testId: z.uuid().exactOptional(), testedAt: time })),
  WebhookRemoved: event(z.object({ ...ofWebhook, removedAt: time })),
  /** The user is gone, and gets no more webhooks. */
  WebhooksClosed: event(z.object({ userId: z.uuid(), closedAt: time })),
});
export type WebhookEvent = EventOf<typeof webhookEvents>;

/** A webhook as the API shows it. */
export type WebhookView = WebhookSettings & {
  readonly id: string;
  readonly userId: string;
  /** What the values of its headers are kept under, where they have an id. Not shown. */
  readonly headersId: string | null;
  /** Events are delivered while it is `active`. Paused, it gets no new ones; disabled, it gets none at all. */
  readonly status: 'active' | 'paused' | 'disabled';
  /** Why it is disabled: a sentence. */
  readonly reason: string | null;
  readonly disabledAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};
