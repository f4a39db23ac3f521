import type { HoldReason } from '../hold-reason.contract.js';
import type { HeldUntil, Outcome, Wait } from '../pacing/pacing.rules.js';
import { HeldChats, heldUntilOf, iso, type ChatQueue, type HeldChat, type Hold } from './held-chats.js';
import { keyOf, newEntry, type QueuedMessage, type QueueEntry } from './queue-entry.js';
import { isTold, toldHold, withTold } from './told-holds.rules.js';

/** Whether a message may leave now. */
export type Verdict =
  | { readonly kind: 'go' }
  /** It has to be looked up first: nothing is until `lookUp` is called, which never rejects. */
  | { readonly kind: 'ask'; readonly lookUp: () => Promise<void> }
  /** `isForAll`: no other message of the session may leave either. */
  | { readonly kind: 'wait'; readonly isForAll: boolean; readonly wait: Wait };

/** What was counted for an attempt. */
export type Taken = {
  /** The attempt has ended. `wasUsed`: it was an attempt to send the message. */
  readonly settle: (wasUsed: boolean, outcome: Outcome | undefined) => void;
};

/** How fast, and to whom, a session may send. */
export type QueuePace = {
  verdict(entry: QueueEntry): Verdict;
  /** A message leaves. */
  take(entry: QueueEntry): Taken;
};

/** What follows from an attempt. `recorded` settles when the outcome is in the log. */
export type AttemptResult =
  | { readonly next: 'done'; readonly recorded: Promise<unknown>; readonly outcome?: Outcome }
  | { readonly next: 'retry_when_open' }
  /** Something has to be done before it can be sent. `work` never rejects, and resolves with the wait after it, in milliseconds. */
  | { readonly next: 'retry_after_work'; readonly work: Promise<number> }
  | { readonly next: 'retry_after'; readonly waitMs: number; readonly outcome?: Outcome };

export type SessionQueueOptions = {
  readonly isOpen: () => boolean;
  /** Tries to send a message once. Never rejects. */
  readonly deliver: (entry: QueueEntry) => Promise<AttemptResult>;
  /** Records that these messages wait. Never rejects. */
  readonly hold: (holds: readonly Hold[]) => Promise<void>;
  readonly pace: QueuePace;
  /** Calls `release` for a chat at a time, by the wall clock (ISO 8601). */
  readonly releaseAt: (chatId: string, dueAt: string) => void;
};

/** Counts attempts until their outcome is recorded. */
const maxConcurrentAttempts = 16;
/** So many chats are looked up at a time. */
const maxAsked = 16;
/** Shorter waits are not recorded. */
const minHoldMs = 1500;
/** The session says that it is open and yet cannot send: it is given a moment. */
const contradictionWaitMs = 250;

/**
 * The messages of one session: in order within a chat, where each waits for the answer to the one before, and side by side across chats.
 *
 * Not a `keyedQueue`: a message that waits for its retry keeps its place in the chat but no slot, and a chat goes on while an outcome is
 * still being recorded, which does need a slot.
 */
export class SessionQueue {
  private readonly chats = new Map<string, ChatQueue>();
  /** Chats whose first message can be sent: the longest waiting first. */
  private readonly ready = new Set<ChatQueue>();
  /** Chats that wait although the session could send. */
  private readonly held = new HeldChats();
  private readonly entries = new Map<string, QueueEntry>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private holdTimer: NodeJS.Timeout | undefined;
  private paceTimer: NodeJS.Timeout | undefined;
  private readonly attempts = new Set<Promise<void>>();
  private asked = 0;
  private isStopped = false;

  constructor(private readonly options: SessionQueueOptions) {}

  has(messageId: string): boolean {
    return this.entries.has(messageId);
  }

  /**
   * Adds a message behind the others of its chat. One that is here already keeps its place. For one that waited before the start of the
   * service it is not recorded that the session is offline, until the session was open: a restart alone changes nothing.
   */
  add(queued: QueuedMessage, isRestored = false): void {
    const { chatId } = queued;
    const key = keyOf(queued);
    if (this.isStopped || this.entries.has(key)) return;
    const entry = newEntry(queued, isRestored);
    this.entries.set(key, entry);
    const chat = this.chats.get(chatId);
    if (chat) chat.entries.set(key, entry);
    else this.open({ chatId, entries: new Map([[key, entry]]) });
    const held = this.held.get(chatId);
    if (held) this.tell([entry], held);
    this.go();
  }

  /** To be called whenever the session opens. */
  opened(): void {
    for (const entry of this.entries.values()) {
      entry.isRestored = false;
      entry.told = []; // what was decided meanwhile may have ended it: what is still true is told again
    }
    this.go();
  }

  /** What a chat waits for may be over. */
  release(chatId: string): void {
    const chat = this.held.take(chatId);
    if (!chat) return;
    this.ready.add(chat);
    this.go();
  }

  /** What decides how fast the session sends has changed. */
  reconsider(): void {
    for (const chat of this.held.takeAll()) this.ready.add(chat);
    this.clear(this.paceTimer);
    this.paceTimer = undefined;
    this.go();
  }

  /** The chats that wait for a date, and when each is to be released (ISO 8601): in the past where the wait is over. */
  *dueChats(): Generator<{ readonly chatId: string; readonly dueAt: string }, void, undefined> {
    for (const { chat, wait } of this.held.all()) {
      if (wait.kind === 'pause') continue;
      const [entry] = chat.entries.values();
      const verdict = entry && this.options.pace.verdict(entry);
      const isDue = verdict?.kind !== 'wait' || verdict.isForAll || verdict.wait.kind === 'pause';
      yield { chatId: chat.chatId, dueAt: iso(isDue ? 0 : verdict.wait.untilMs) };
    }
  }

  /** How many messages wait because of the pace, and until when (ISO 8601) the first of them does. */
  status(): { readonly waiting: number; readonly until: HeldUntil | null } {
    const first = this.paceTimer === undefined ? undefined : this.waitForAll();
    if (first) return { waiting: this.entries.size - this.attempts.size, until: heldUntilOf(first, 0) };
    return { waiting: this.held.size, until: this.held.first() ?? null };
  }

  /** Starts the attempts that can be made now. */
  private go(): void {
    for (const chat of this.ready) {
      if (this.isStopped || this.attempts.size >= maxConcurrentAttempts || this.asked >= maxAsked) return;
      if (!this.options.isOpen()) return this.holdLater('session_offline');
      const [entry] = chat.entries.values();
      if (!entry) continue;
      const verdict = this.options.pace.verdict(entry);
      if (verdict.kind === 'wait' && verdict.isForAll) return this.goLater(verdict.wait.waitMs);
      this.ready.delete(chat);
      if (verdict.kind === 'go') this.start(chat, entry);
      else if (verdict.kind === 'ask') void this.ask(chat, verdict.lookUp);
      else this.holdChat(chat, verdict.wait);
    }
  }

  /** Starts no further attempt. Resolves when those that were started have ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.attempts);
  }

  private open(chat: ChatQueue): void {
    this.chats.set(chat.chatId, chat);
    this.ready.add(chat);
  }

  private async ask(chat: ChatQueue, lookUp: () => Promise<void>): Promise<void> {
    this.asked += 1;
    await lookUp();
    this.asked -= 1;
    this.ready.add(chat);
    this.go();
  }

  private holdChat(chat: ChatQueue, wait: Wait): void {
    const held = this.held.add(chat, wait);
    if (wait.kind === 'pause') this.timer(wait.waitMs, () => this.release(chat.chatId));
    else this.options.releaseAt(chat.chatId, iso(wait.untilMs));
    this.tell([...chat.entries.values()], held);
  }

  private start(chat: ChatQueue, entry: QueueEntry): void {
    entry.hasBegun = false;
    const attempt = this.attempt(chat, entry, this.options.pace.take(entry)).finally(() => {
      this.attempts.delete(attempt);
      this.go();
    });
    this.attempts.add(attempt);
  }

  private async attempt(chat: ChatQueue, entry: QueueEntry, taken: Taken): Promise<void> {
    const result = await this.options.deliver(entry);
    const outcome = 'outcome' in result ? result.outcome : undefined;
    taken.settle(entry.hasBegun || outcome !== undefined || entry.changeId !== null, outcome);
    if (result.next === 'done') {
      chat.entries.delete(keyOf(entry));
      if (chat.entries.size > 0) this.ready.add(chat);
      else this.chats.delete(chat.chatId);
      this.go();
      await result.recorded;
      this.entries.delete(keyOf(entry));
    } else if (result.next === 'retry_after') {
      this.readyLater(result.waitMs, chat);
    } else if (result.next === 'retry_after_work') {
      void result.work.then((waitMs) => this.readyLater(waitMs, chat)); // it needs no slot meanwhile
    } else if (this.options.isOpen()) {
      this.readyLater(contradictionWaitMs, chat);
    } else {
      this.ready.add(chat);
    }
  }

  private readyLater(waitMs: number, chat: ChatQueue): void {
    if (this.isStopped) return;
    this.timer(waitMs, () => {
      this.ready.add(chat);
      this.go();
    });
  }

  private goLater(waitMs: number): void {
    this.paceTimer ??= this.timer(waitMs, () => {
      this.paceTimer = undefined;
      this.go();
    });
    this.holdLater('pacing');
  }

  /** What all messages of the session wait for. */
  private waitForAll(): Wait | undefined {
    const [chat] = this.ready;
    const [entry] = chat?.entries.values() ?? [];
    const verdict = entry && this.options.pace.verdict(entry);
    return verdict?.kind === 'wait' && verdict.isForAll ? verdict.wait : undefined;
  }

  /** Records that messages wait, where they still do after a while. */
  private holdLater(why: 'session_offline' | 'pacing'): void {
    this.holdTimer ??= this.timer(minHoldMs, () => {
      this.holdTimer = undefined;
      const wait = this.options.isOpen() ? this.waitForAll() : undefined;
      const reason = this.options.isOpen() ? wait?.why : 'session_offline';
      if (reason === undefined || (reason === 'session_offline') !== (why === 'session_offline')) return this.go();
      const isWaiting = reason === 'session_offline' ? this.isNotHeld : this.isReady;
      const waiting = [...this.entries.values()].filter(isWaiting);
      const holds = waiting.flatMap((entry, index) =>
        this.heldFor(entry, reason, wait && heldUntilOf(wait, index * wait.everyMs)),
      );
      void this.options.hold(holds);
    });
  }

  private readonly isNotHeld = ({ chatId }: QueueEntry): boolean => !this.held.has(chatId);

  /** A message that waits for its retry, or behind one, does not wait for its turn. */
  private readonly isReady = ({ chatId }: QueueEntry): boolean => {
    const chat = this.chats.get(chatId);
    return chat !== undefined && this.ready.has(chat);
  };

  /** Records for messages of a chat that they wait. */
  private tell(entries: readonly QueueEntry[], { wait, until }: HeldChat): void {
    if (wait.waitMs < minHoldMs) return;
    void this.options.hold(entries.flatMap((entry) => this.heldFor(entry, wait.why, until)));
  }

  /** Nothing where that is recorded already. */
  private heldFor(entry: QueueEntry, why: HoldReason, wait: HeldUntil | undefined): Hold | readonly [] {
    const hold = toldHold(why, wait);
    if (isTold(entry.told, hold, Date.now()) || entry.isRestored) return [];
    entry.told = withTold(entry.told, hold);
    const isCurrent = (): boolean => entry.told.includes(hold);
    return entry.changeId === null ? { messageId: entry.messageId, why, ...(wait && { wait }), isCurrent } : [];
  }

  private clear(timer: NodeJS.Timeout | undefined): void {
    if (!timer) return;
    clearTimeout(timer);
    this.timers.delete(timer);
  }

  private timer(milliseconds: number, task: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      task();
    }, milliseconds);
    this.timers.add(timer);
    return timer;
  }
}
