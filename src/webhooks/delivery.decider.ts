import { decider, DomainError } from '#lib/event-sourcing';
import type { DeliveryCommand } from './delivery.commands.js';
import { deliveryEvents, type Attempt, type DeliveryEvent } from './delivery.contract.js';

type State = {
  readonly scheduled: number;
  /** The ids of the public events that were scheduled last. */
  readonly recent: readonly string[];
  /** Since when no delivery has succeeded, although some were attempted; null where the last one did. */
  readonly failingSince: string | null;
  /** The attempts that were recorded last: whoever does not know whether it has recorded some does so again. */
  readonly recentAttempts: readonly string[];
  /** How many records of attempts there are. */
  readonly attempted: number;
  /** How often some were requeued, parked or expired. Whoever does either must have seen the last time: a view tells no more than it shows. */
  readonly selections: number;
  readonly isClosed: boolean;
};

/** More than one page of the log may hold: see `FanOut`. */
const maxRecent = 1000;
/** More than one process records at once. */
const maxRecentAttempts = 100;

/** The deliveries of a webhook. */
export const deliveryDecider = decider<DeliveryCommand, DeliveryEvent, State>({
  events: deliveryEvents,
  idOf: ({ data }) => data.webhookId,
  initialState: {
    scheduled: 0,
    recent: [],
    failingSince: null,
    recentAttempts: [],
    attempted: 0,
    selections: 0,
    isClosed: false,
  },
  snapshotVersion: 6,

  decide: {
    ScheduleDeliveries: ({ at, deliveries: given, ...data }, { scheduled, recent, isClosed }) => {
      if (isClosed) return [];
      const known = new Set(recent);
      const deliveries = given.filter(({ eventId }) => !known.has(eventId));
      if (deliveries.length === 0) return [];
      return [{ type: 'DeliveriesScheduled', data: { ...data, first: scheduled, deliveries, scheduledAt: at } }];
    },
    RecordAttempts: ({ at, attempts: given, triedSince, ...data }, { failingSince, recentAttempts }) => {
      const known = new Set(recentAttempts);
      const attempts = given.filter((attempt) => !known.has(keyOf(attempt)));
      if (attempts.length === 0) return [];
      const isTriedAnew = triedSince !== undefined && failingSince !== null && failingSince < triedSince;
      const from = isTriedAnew ? { failuresFrom: triedSince } : {};
      return [{ type: 'DeliveriesAttempted', data: { ...data, attempts, ...from, recordedAt: at } }];
    },
    RequeueDeliveries: ({ at, deliveries, seen, ...data }, { selections }) => {
      assertSeen(seen, selections);
      return [{ type: 'DeliveriesRequeued', data: { ...data, deliveries: [...deliveries], requeuedAt: at } }];
    },
    ParkDeliveries: ({ at, deliveryIds, seen, attempted, ...data }, state) => {
      assertSeen(seen, state.selections);
      assertSeen(attempted, state.attempted);
      return [{ type: 'DeliveriesParked', data: { ...data, deliveryIds: [...deliveryIds], parkedAt: at } }];
    },
    ExpireDeliveries: ({ at, deliveryIds, seen, ...data }, { selections }) => {
      assertSeen(seen, selections);
      return [{ type: 'DeliveriesExpired', data: { ...data, deliveryIds: [...deliveryIds], expiredAt: at } }];
    },
    CloseDeliveries: ({ at, ...data }, { isClosed }) =>
      isClosed ? [] : [{ type: 'DeliveriesClosed', data: { ...data, closedAt: at } }],
  },

  evolve: {
    DeliveriesScheduled: ({ scheduled, recent, ...state }, { deliveries }) => ({
      ...state,
      scheduled: scheduled + deliveries.length,
      recent: [...recent, ...deliveries.map(({ eventId }) => eventId)].slice(-maxRecent),
    }),
    DeliveriesAttempted: (before, { attempts, failuresFrom = '' }) => {
      const recentAttempts = [...before.recentAttempts, ...attempts.map(keyOf)].slice(-maxRecentAttempts);
      const state = { ...before, recentAttempts, attempted: before.attempted + 1 };
      if (attempts.some(({ outcome }) => outcome === 'succeeded')) return { ...state, failingSince: null };
      const since = state.failingSince !== null && state.failingSince >= failuresFrom ? state.failingSince : null;
      const first = attempts.find(({ at, unmade }) => !unmade && at >= failuresFrom)?.at ?? null;
      return { ...state, failingSince: since ?? first };
    },
    DeliveriesRequeued: (state) => ({ ...state, selections: state.selections + 1 }),
    DeliveriesParked: (state) => ({ ...state, selections: state.selections + 1 }),
    DeliveriesExpired: (state) => ({ ...state, selections: state.selections + 1 }),
    DeliveriesClosed: (state) => ({
      ...state,
      recent: [],
      recentAttempts: [],
      selections: state.selections + 1,
      isClosed: true,
    }),
  },
});

/** A crash may lead to another attempt with the same number, at another time. */
const keyOf = ({ deliveryId, at }: Attempt): string => `${deliveryId} ${at}`;

const assertSeen = (seen: number, current: number): void => {
  if (seen !== current) throw new DomainError('conflict', 'deliveries_changed', 'Deliveries have changed meanwhile');
};
