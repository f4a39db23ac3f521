import { z } from 'zod';
import { event, eventTypes, type EventOf, type Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';

const time = z.iso.datetime();
const ofWebhook = { webhookId: z.uuid(), userId: z.uuid() };

/** A public event that a webhook is to get. */
const ScheduledDelivery = z.object({
  deliveryId: z.uuid(),
  /** `evt_…` */
  eventId: z.string(),
  /** The type of the public event. */
  event: z.string(),
  /** Where the event of the log is that it is made of. */
  stream: z.string(),
  revision: z.int(),
  sessionId: z.uuid().nullable(),
  chatId: z.string().nullable(),
  /** The file that the body names: it is kept while the delivery is pending. */
  mediaId: z.uuid().nullable(),
  happenedAt: time,
});
export type ScheduledDelivery = Readonly<z.output<typeof ScheduledDelivery>>;

/**
 * Why no request was made. `event_unreadable`: the event of the log was damaged, and is passed over. `session_deleted`: what happened to it is
 * not told any more. `secret_missing`: it was lost with the vault. `request_not_made`: an error of the service.
 */
export const unmadeCodes = ['event_unreadable', 'session_deleted', 'secret_missing', 'request_not_made'] as const;

/** One request, and what is to follow. */
const Attempt = z.object({
  deliveryId: z.uuid(),
  /** From 1. */
  number: z.int(),
  at: time,
  ms: z.int(),
  /** The HTTP status; null where there was none. */
  status: z.int().nullable(),
  /** The beginning of the answer's body. */
  answer: z.string().nullable(),
  /** Why it failed: a sentence. */
  problem: z.string().nullable(),
  outcome: z.enum(['succeeded', 'retried', 'parked']),
  /** When it is tried again. */
  dueAt: time.nullable(),
  /** No request was made: it says nothing of the endpoint. */
  unmade: z.literal(true).exactOptional(),
  code: z.enum(unmadeCodes).exactOptional(),
});
export type Attempt = Readonly<z.output<typeof Attempt>>;

/**
 * The deliveries of a webhook: one stream, and an event for as many of them as come together. Where each stands follows from it alone.
 */
export const deliveryEvents = eventTypes('delivery', {
  /** `first`: the number of the first one; the others follow. `missed`: they happened while the webhook was disabled. */
  DeliveriesScheduled: event(
    z.object({
      ...ofWebhook,
      first: z.int(),
      missed: z.boolean(),
      deliveries: z.array(ScheduledDelivery),
      scheduledAt: time,
    }),
  ),
  /** `failuresFrom`: failures before then no longer count, since the webhook was resumed then, or its URL or headers changed. */
  DeliveriesAttempted: event(
    z.object({ ...ofWebhook, attempts: z.array(Attempt), failuresFrom: time.exactOptional(), recordedAt: time }),
    { personal: { subject: 'userId', fields: ['attempts'] } },
  ),
  /** `attempts`: how many each has had; their waits begin anew. */
  DeliveriesRequeued: event(
    z.object({
      ...ofWebhook,
      deliveries: z.array(z.object({ deliveryId: z.uuid(), attempts: z.int() })),
      requeuedAt: time,
    }),
  ),
  /** They were pending when the webhook was disabled. */
  DeliveriesParked: event(z.object({ ...ofWebhook, deliveryIds: z.array(z.uuid()), parkedAt: time })),
  /** What became of them is no longer shown: they ended too long ago. */
  DeliveriesExpired: event(z.object({ ...ofWebhook, deliveryIds: z.array(z.uuid()), expiredAt: time })),
  /** The webhook was removed: there are none any more, and none is scheduled. */
  DeliveriesClosed: event(z.object({ ...ofWebhook, closedAt: time })),
});
export type DeliveryEvent = EventOf<typeof deliveryEvents>;

/** `missed`: the webhook was disabled when it happened. `parked`: all attempts have failed, or the webhook was disabled meanwhile. */
export const deliveryStatuses = ['pending', 'succeeded', 'parked', 'missed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A delivery as it is stored; its latest attempts are in fields of their own, so that each is written without reading the others. */
export type DeliveryView = {
  readonly id: string;
  readonly webhookId: string;
  readonly userId: string;
  readonly eventId: string;
  readonly event: string;
  readonly stream: string;
  readonly revision: number;
  readonly sessionId: string | null;
  readonly chatId: string | null;
  readonly mediaId: string | null;
  /** Of those of its webhook, in the order in which the events happened. */
  readonly number: number;
  readonly status: DeliveryStatus;
  /** Null unless it is pending. */
  readonly dueAt: string | null;
  readonly attempts: number;
  /** How many it had when it was last requeued. */
  readonly attemptsBefore: number;
  readonly happenedAt: string;
  readonly updatedAt: string;
} & { readonly [slot: `attempt${number}`]: Attempt };

/** So many attempts of a delivery are kept. */
export const keptAttempts = 30;
export const slotOf = (number: number): `attempt${number}` => `attempt${number % keptAttempts}`;

/** @throws {DomainError} `delivery_not_found` */
export type GetDelivery = Query<'GetDelivery', { readonly userId: string; readonly deliveryId: string }, DeliveryView>;

/** By when the events happened, the latest first. */
export type ListDeliveries = Query<
  'ListDeliveries',
  {
    readonly webhookId: string;
    readonly status?: DeliveryStatus;
    readonly events?: readonly string[];
    readonly from?: string;
    readonly to?: string;
    readonly limit: number;
    readonly cursor?: string;
  },
  Page<DeliveryView>
>;
