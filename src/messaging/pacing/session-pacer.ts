import type { PacingStatus } from '../../sessions/pacing-status.contract.js';
import type { QueueEntry } from '../outbox/queue-entry.js';
import type { QueuePace, Taken, Verdict } from '../outbox/session-queue.js';
import type { Contacts } from './contacts.js';
import {
  contactWait,
  maxOutcomes,
  paceOf,
  sessionWait,
  type Outcome,
  type SessionFacts,
  type Today,
} from './pacing.rules.js';

/** How a session is paced, how many days its number is linked, what WhatsApp forbids it now, and which day it is. */
export type PacedAs = Pick<SessionFacts, 'pacing' | 'ageDays' | 'restrictions' | 'today'>;

type SessionPacerOptions = {
  readonly settings: () => PacedAs;
  readonly contacts: Pick<Contacts, 'known' | 'learn' | 'setNew'>;
  /** How many people the session wrote to for the first time on a day, as the log has it. @throws {Transient} */
  readonly newContactsOn: (day: Today) => Promise<number>;
};

type Sent = { readonly atMs: number; readonly chance: number };

/** So long is a refusal held against a session. */
const outcomeTtlMs = 30 * 60_000;

/** Remembers what a session has sent, and says when the next message may leave. */
export class SessionPacer implements QueuePace {
  private lastSent: Sent | null = null;
  private lastToStranger: Sent | null = null;
  private outcomes: { readonly outcome: Outcome; readonly atMs: number }[] = [];
  private newContacts: { readonly day: Today; used: number } | undefined;

  constructor(private readonly options: SessionPacerOptions) {}

  verdict(entry: QueueEntry): Verdict {
    const { pacing, restrictions } = this.options.settings();
    if (!pacing.enabled && restrictions.length === 0) return { kind: 'go' };
    const facts = this.facts();
    const wait = sessionWait(facts);
    if (wait) return { kind: 'wait', isForAll: true, wait };
    if (entry.changeId !== null || !heedsContacts(facts)) return { kind: 'go' };
    const contact = this.options.contacts.known(entry.chatId);
    const { today } = facts;
    if (!contact || !isSame(this.newContacts?.day, today)) return { kind: 'ask', lookUp: () => this.ask(entry, today) };
    const held = contactWait(facts, contact);
    return held ? { kind: 'wait', isForAll: false, wait: held } : { kind: 'go' };
  }

  take(entry: QueueEntry): Taken {
    const sent: Sent = { atMs: performance.now(), chance: Math.random() };
    const { lastSent, lastToStranger, newContacts } = this;
    const contact = entry.changeId === null ? this.options.contacts.known(entry.chatId) : undefined;
    this.lastSent = sent;
    if (contact?.isStranger) this.lastToStranger = sent;
    const isNew = contact?.isNew === true && newContacts !== undefined;
    if (isNew) {
      newContacts.used += 1;
      this.options.contacts.setNew(entry.chatId, false);
      entry.isNewContact = true;
    }
    return {
      settle: (wasUsed, outcome) => {
        if (outcome) this.note(outcome);
        if (!wasUsed && this.lastSent === sent) this.lastSent = lastSent;
        if (!wasUsed && this.lastToStranger === sent) this.lastToStranger = lastToStranger;
        if (!isNew || entry.hasBegun) return;
        newContacts.used -= 1;
        this.options.contacts.setNew(entry.chatId, true);
        entry.isNewContact = false;
      },
    };
  }

  /** What the settings come to at this moment. */
  status(): Pick<PacingStatus, 'enabled' | 'messagesPerMinute' | 'newContactsPerDay'> {
    const facts = this.facts();
    if (!facts.pacing.enabled) return { enabled: false, messagesPerMinute: null, newContactsPerDay: null };
    const { messagesPerMinute, newContactsPerDay } = paceOf(facts);
    return { enabled: true, messagesPerMinute, newContactsPerDay };
  }

  private note(outcome: Outcome): void {
    this.outcomes = [...this.outcomes, { outcome, atMs: performance.now() }].slice(-maxOutcomes);
  }

  private facts(): SessionFacts {
    const [nowMs, monotonicMs] = [Date.now(), performance.now()];
    const past = (sent: Sent | null) => sent && { agoMs: monotonicMs - sent.atMs, chance: sent.chance };
    const settings = this.options.settings();
    return {
      ...settings,
      outcomes: this.outcomes.flatMap(({ outcome, atMs }) => (monotonicMs - atMs < outcomeTtlMs ? outcome : [])),
      lastSent: past(this.lastSent),
      lastToStranger: past(this.lastToStranger),
      newContactsToday: this.newContacts && isSame(this.newContacts.day, settings.today) ? this.newContacts.used : 0,
      nowMs,
    };
  }

  /** Never rejects. */
  private async ask({ messageId, chatId }: QueueEntry, day: Today): Promise<void> {
    await this.options.contacts.learn(chatId, messageId, async () => {
      if (isSame(this.newContacts?.day, day)) return;
      const used = await this.options.newContactsOn(day);
      if (!isSame(this.newContacts?.day, day)) this.newContacts = { day, used };
    });
  }
}

/** Whether it matters to whom a message goes. */
const heedsContacts = (facts: SessionFacts): boolean => {
  if (facts.restrictions.length > 0) return true;
  const { quietHours, newContactPauseSeconds } = facts.pacing;
  return quietHours !== null || newContactPauseSeconds > 0 || paceOf(facts).newContactsPerDay !== null;
};

const isSame = (one: Today | undefined, other: Today): boolean => one?.from === other.from && one.to === other.to;
