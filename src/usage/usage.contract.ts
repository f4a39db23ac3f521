import type { Query } from '#lib/event-sourcing';

/** What is counted from the log. Messages are counted when each thing happened to them: one of yesterday that is read today is read today. */
export const usageFigures = [
  'accepted',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'canceled',
  'received',
  'mediaBytesSent',
  'mediaBytesReceived',
  'connectedMinutes',
  'webhookAttempts',
  'webhooksDelivered',
  'webhooksParked',
] as const;
export type UsageFigure = (typeof usageFigures)[number];
export type UsageFigures = { readonly [figure in UsageFigure]: number };

/**
 * What one session used in a quarter of an hour, of one kind of content: in every time zone, days begin with such a quarter. What its user's
 * webhooks used has neither.
 */
export type UsageDocument = {
  readonly userId: string;
  /** When the quarter begins: ISO 8601, UTC. */
  readonly quarter: string;
  readonly sessionId?: string;
  readonly kind?: string;
  /** Of failures. */
  readonly code?: string;
} & { readonly [figure in Exclude<UsageFigure, 'connectedMinutes'>]?: number };

/** A connection of a session: from `since` until it ended, or `standing`. */
export type ConnectionDocument = {
  readonly userId: string;
  readonly sessionId: string;
  readonly since: string;
  readonly until: string;
};

/** Comes after every time: the end of a connection that has not ended. */
export const standing = '9999-12-31T23:59:59.999Z';

/** `code`: of failures; the other figures are then 0. */
export const usageGroupings = ['day', 'hour', 'session', 'kind', 'code'] as const;
export type UsageGrouping = (typeof usageGroupings)[number] | 'user';

/**
 * Counted in the log of requests, and not in that of events: null while that cannot be read. Of users; sessions, kinds and codes have none.
 */
export type UsageRequests = { readonly requests: number | null };

/** The figures of one day, hour, session, kind of content, code or user: `group` names it. */
export type UsageRow = { readonly group: string } & UsageFigures;

export type Usage = {
  /** ISO 8601: the first quarter of an hour that counts, and the first that does not any more. */
  readonly from: string;
  readonly to: string;
  /** Rows are in the order of their groups. Days and hours without usage are among them. */
  readonly rows: readonly UsageRow[];
  readonly total: UsageFigures;
};

/**
 * Counts what was used: by one user, or by all. `from` and `to` are days (`2026-11-29`, both included), or times (ISO 8601), of which `to` is
 * excluded; both are rounded down to a quarter of an hour. By default the last thirty days.
 * @throws {DomainError} `unknown_time_zone`, `period_invalid`, `period_too_long`
 */
export type GetUsage = Query<
  'GetUsage',
  {
    readonly userId?: string;
    readonly sessionId?: string;
    readonly from?: string;
    readonly to?: string;
    readonly groupBy: UsageGrouping;
    /** Of the IANA: says where days begin. */
    readonly timeZone: string;
    /** Now, ISO 8601. */
    readonly at: string;
  },
  Usage
>;
