import type { PacingStatus } from '../../sessions/pacing-status.contract.js';
import type { QueueEntry } from '../outbox/queue-entry.js';
import type { QueuePace, Taken, Verdict } from '../outbox/session-queue.js';
import type { Contacts } from './contacts.js';
import { contactWait, maxOutcomes, paceOf, sessionWait, type Outcome, type SessionFacts } from './pacing.rules.js';

/** How a session is paced, how many days its number is linked, and what WhatsApp forbids it now. */
export type PacedAs = Pick<SessionFacts, 'pacing' | 'ageDays' | 'restrictions'>;

type SessionPacerOptions = {
  readonly settings: () => PacedAs;
  readonly contacts: Pick<Contacts, 'known' | 'learn' | 'setNew'>;
  /** How many people the session wrote to for the first time on a day (UTC), as the log has it. @throws {Transient} */
  readonly newContactsOn: (date: string) => Promise<number>;
};

type Sent = { readonly atMs: number; readonly chance: number };

/** So long is a refusal held against a session. */
const outcomeTtlMs = 30 * 60_000;

/** Remembers what a session has sent, and says when the next message may leave. */
export class SessionPacer implements QueuePace {
  private lastSent: Sent | null = null;
  private lastToStranger: Sent | null = null;
  private outcomes: { readonly outcome: Outcome; readonly atMs: number }[] = [];
  private newContacts: { readonly date: string; used: number } | undefined;

  constructor(private readonly options: SessionPacerOptions) {}

  verdict(entry: QueueEntry): Verdict {
    const { pacing, restrictions } = this.options.settings();
    if (!pacing.enabled && restrictions.length === 0) return { kind: 'go' };
    const facts = this.facts();
    const wait = sessionWait(facts);
    if (wait) return { kind: 'wait', isForAll: true, wait };
    if (entry.changeId !== null || !heedsContacts(facts)) return { kind: 'go' };
    const contact = this.options.contacts.known(entry.chatId);
    const date = dateOf(facts.nowMs);
    if (!contact || this.newContacts?.date !== date) return { kind: 'ask', answered: this.ask(entry, date) };
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
    return {
      ...this.options.settings(),
      outcomes: this.outcomes.flatMap(({ outcome, atMs }) => (monotonicMs - atMs < outcomeTtlMs ? outcome : [])),
      lastSent: past(this.lastSent),
      lastToStranger: past(this.lastToStranger),
      newContactsToday: this.newContacts?.date === dateOf(nowMs) ? this.newContacts.used : 0,
      nowMs,
    };
  }

  /** Never rejects. */
  private async ask({ messageId, chatId }: QueueEntry, date: string): Promise<void> {
    await this.options.contacts.learn(chatId, messageId, async () => {
      if (this.newContacts?.date === date) return;
      const used = await this.options.newContactsOn(date);
      if (this.newContacts?.date !== date) this.newContacts = { date, used };
    });
  }
}

/** Whether it matters to whom a message goes. */
const heedsContacts = (facts: SessionFacts): boolean => {
  if (facts.restrictions.length > 0) return true;
  const { quietHours, newContactPauseSeconds } = facts.pacing;
  return quietHours !== null || newContactPauseSeconds > 0 || paceOf(facts).newContactsPerDay !== null;
};

const dateOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
