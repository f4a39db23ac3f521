import type { SessionRestriction } from '../../sessions/restriction.contract.js';
import type { HoldReason } from '../hold-reason.contract.js';
import type { Pacing } from './pacing.contract.js';
import { quietUntil } from './quiet-hours.rules.js';

/** What of a session's past and present decides how fast it sends. Waits are measured by a monotonic clock, in milliseconds. */
export type SessionFacts = {
  readonly pacing: Pacing;
  /** What WhatsApp forbids it. */
  readonly restrictions: readonly SessionRestriction[];
  /** Days since its number was first linked here. */
  readonly ageDays: number;
  /** What became of its last messages. */
  readonly outcomes: readonly Outcome[];
  /** How long ago its last message left, and the last one to somebody who never wrote; with the chance (0 to 1) of the pause after it. */
  readonly lastSent: Past | null;
  readonly lastToStranger: Past | null;
  /** The day that it is for its user. */
  readonly today: Today;
  /** How many people it wrote to for the first time on that day. */
  readonly newContactsToday: number;
  /** By the wall clock. */
  readonly nowMs: number;
};
/** `to` is excluded: ISO 8601. */
export type Today = { readonly timeZone: string; readonly from: string; readonly to: string };

type Past = { readonly agoMs: number; readonly chance: number };

export type Outcome = 'sent' | 'refused';

/** Whom a message goes to. */
export type Contact = {
  /** A person who never wrote. */
  readonly isStranger: boolean;
  /** And was never written to from here. */
  readonly isNew: boolean;
  /** The time zones that they may be in. */
  readonly timeZones: readonly string[];
};

/** Why a message waits, and for how long. */
export type Wait = {
  readonly why: HoldReason;
  /** A sentence without its end: until when comes behind it. */
  readonly because: string;
  /** A `pause` is measured by the monotonic clock; a `date` is a time of day, and counts by the wall clock. */
  readonly kind: 'pause' | 'date';
  readonly waitMs: number;
  /** The end of the wait by the wall clock; where `isEndKnown` is false, it is looked at again then. */
  readonly untilMs: number;
  readonly isEndKnown: boolean;
  /** How much longer each further message waits that waits for the same. */
  readonly everyMs: number;
};

/** Why a message waits, as a sentence without its end, and until when (ISO 8601), where that is known. `isEstimate`: it depends on what leaves before. */
export type HeldUntil = { readonly because: string; readonly until: string | null; readonly isEstimate: boolean };

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

type WarmUpStep = {
  readonly untilDay: number;
  readonly messagesPerMinute: number;
  readonly newContactsPerDay: number;
};

/** What a number may do at the most in the days after it was first linked; README and manual show the same. */
const warmUpSteps: readonly WarmUpStep[] = [
  { untilDay: 3, messagesPerMinute: 4, newContactsPerDay: 10 },
  { untilDay: 7, messagesPerMinute: 8, newContactsPerDay: 25 },
  { untilDay: 14, messagesPerMinute: 12, newContactsPerDay: 50 },
  { untilDay: 30, messagesPerMinute: 16, newContactsPerDay: 100 },
];

/** So many of the last outcomes are looked at. */
export const maxOutcomes = 20;
const minRefusals = 5;

/** By how much the breaker slows a session down. */
export const slowdownOf = (outcomes: readonly Outcome[]): number => {
  const refused = outcomes.filter((outcome) => outcome === 'refused').length;
  if (refused < minRefusals) return 1;
  const share = refused / outcomes.length;
  if (share >= 0.5) return 10;
  return share >= 0.25 ? 3 : 1;
};

type Pace = {
  readonly messagesPerMinute: number;
  readonly newContactsPerDay: number | null;
  /** Why it is not faster. */
  readonly because: string;
};

/** What the settings come to at this moment. */
export const paceOf = ({ pacing, ageDays, outcomes }: SessionFacts): Pace => {
  const step = pacing.warmUp ? warmUpSteps.find(({ untilDay }) => ageDays < untilDay) : undefined;
  const slowdown = pacing.breaker ? slowdownOf(outcomes) : 1;
  const steady = Math.min(pacing.messagesPerMinute, step?.messagesPerMinute ?? Number.POSITIVE_INFINITY);
  return {
    messagesPerMinute: steady / slowdown,
    newContactsPerDay: lowerOf(pacing.newContactsPerDay, step?.newContactsPerDay ?? null),
    because: whyNotFaster(slowdown > 1, steady < pacing.messagesPerMinute),
  };
};

const whyNotFaster = (isSlowed: boolean, isWarmingUp: boolean): string => {
  if (isSlowed) return 'It waits for its turn: WhatsApp refused many of the last messages, so that fewer are sent';
  if (isWarmingUp) return 'It waits for its turn: the number is new here and sends more from week to week';
  return 'It waits for its turn: messages of this session are sent with pauses between them';
};

const lowerOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** How long any message of the session has to wait; undefined: it may leave. */
export const sessionWait = (facts: SessionFacts): Wait | undefined => {
  if (!facts.pacing.enabled) return undefined;
  const { messagesPerMinute, because } = paceOf(facts);
  const everyMs = minuteMs / messagesPerMinute;
  return pauseAfter(facts.lastSent, everyMs, facts, { why: 'pacing', because });
};

/** How long a message to somebody has to wait although the session could send; undefined: it may leave. */
export const contactWait = (facts: SessionFacts, { isNew, isStranger, timeZones }: Contact): Wait | undefined => {
  const { pacing, nowMs, today } = facts;
  const restriction = facts.restrictions.find(({ kind }) => (kind === 'time_lock' ? isStranger : isNew));
  if (restriction) return restrictedWait(restriction, nowMs);
  if (!pacing.enabled) return undefined;
  const quietEnd = pacing.quietHours ? quietUntil(pacing.quietHours, timeZones, nowMs) : undefined;
  if (quietEnd !== undefined) {
    return waitForDate(quietEnd, nowMs, { why: 'quiet_hours', because: 'It is quiet hours where its recipient lives' });
  }
  const { newContactsPerDay } = paceOf(facts);
  if (isNew && newContactsPerDay !== null && facts.newContactsToday >= newContactsPerDay) {
    const because = `Its recipient never wrote, and ${newContactsPerDay} such people are written to on a day (${today.timeZone})`;
    return waitForDate(Date.parse(today.to), nowMs, { why: 'new_contacts', because });
  }
  if (!isStranger) return undefined;
  const because = 'Its recipient never wrote: messages to such people are sent with longer pauses between them';
  const pauseMs = pacing.newContactPauseSeconds * 1000;
  return pauseAfter(facts.lastToStranger, pauseMs, facts, { why: 'new_contacts', because });
};

/** Where WhatsApp does not say when it ends, it is asked at the next connection. */
const restrictedWait = ({ until, detail }: SessionRestriction, nowMs: number): Wait => {
  const untilMs = until === null ? nowMs + dayMs : Date.parse(until);
  const wait = waitForDate(untilMs, nowMs, { why: 'restricted', because: detail.replace(/\.$/, '') });
  return { ...wait, isEndKnown: until !== null };
};

const waitForDate = (untilMs: number, nowMs: number, why: Pick<Wait, 'why' | 'because'>): Wait => ({
  ...why,
  kind: 'date',
  isEndKnown: true,
  waitMs: Math.max(0, untilMs - nowMs),
  untilMs,
  everyMs: 0,
});

const pauseAfter = (
  last: Past | null,
  everyMs: number,
  { pacing: { jitter }, nowMs }: SessionFacts,
  why: Pick<Wait, 'why' | 'because'>,
): Wait | undefined => {
  if (!last) return undefined;
  const waitMs = everyMs * (1 - jitter + 2 * jitter * last.chance) - last.agoMs;
  return waitMs > 0 ? { ...why, kind: 'pause', isEndKnown: true, waitMs, untilMs: nowMs + waitMs, everyMs } : undefined;
};
