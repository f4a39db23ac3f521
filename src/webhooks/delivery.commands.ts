import type { Command, Recorded } from '#lib/event-sourcing';
import type { Attempt, ScheduledDelivery } from './delivery.contract.js';

type ForDeliveries<Data> = Data & { readonly webhookId: string; readonly userId: string; readonly at: string };

/**
 * Events that were scheduled shortly before are left out: a page of the log may come again after a crash. Does nothing once the webhook was
 * removed.
 */
export type ScheduleDeliveries = Command<
  'ScheduleDeliveries',
  ForDeliveries<{ readonly missed: boolean; readonly deliveries: readonly ScheduledDelivery[] }>
>;
/**
 * Those that were recorded shortly before are left out. `triedSince`: since when the webhook is tried as it is now. It is not needed where one
 * has succeeded.
 */
export type RecordAttempts = Command<
  'RecordAttempts',
  ForDeliveries<{ readonly attempts: readonly Attempt[]; readonly triedSince?: string }>
>;
/** `seen`: how many selections had been made when the view was read that these were chosen from (see the decider). */
type Selected<Data> = ForDeliveries<Data & { readonly seen: number }>;
export type RequeueDeliveries = Command<
  'RequeueDeliveries',
  Selected<{ readonly deliveries: readonly { readonly deliveryId: string; readonly attempts: number }[] }>
>;
/** `attempted`: how many records of attempts there were at that moment as well. */
export type ParkDeliveries = Command<
  'ParkDeliveries',
  Selected<{ readonly deliveryIds: readonly string[]; readonly attempted: number }>
>;
export type ExpireDeliveries = Command<'ExpireDeliveries', Selected<{ readonly deliveryIds: readonly string[] }>>;
/** The webhook was removed. What was still being scheduled for it goes as well. */
export type CloseDeliveries = Command<'CloseDeliveries', ForDeliveries<object>>;
export type DeliveryCommand =
  ScheduleDeliveries | RecordAttempts | RequeueDeliveries | ParkDeliveries | ExpireDeliveries | CloseDeliveries;

/** The webhook was disabled, at that position: what is pending is parked. */
export type ParkPending = Command<
  'ParkPending',
  { readonly webhookId: string; readonly userId: string; readonly position: number },
  undefined
>;

/** Schedules what these events of the log are to the webhooks of their users. */
export type FanOut = Command<'FanOut', { readonly events: readonly Recorded[] }, undefined>;
