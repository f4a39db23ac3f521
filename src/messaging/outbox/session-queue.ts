import type { Outgoing } from '../message.commands.js';
import type { HoldReason } from '../message.contract.js';
import type { Pace } from './pace.js';

/** A message that is to be sent, or a change of one. */
export type QueueEntry = QueuedMessage & {
  /** How many attempts were not answered, or were refused for the moment. */
  failures: number;
  /** Why it waits, as recorded. */
  heldFor: HoldReason | undefined;
  /** It waited already when the service started, and its session has not been open since. */
  isRestored: boolean;
};

/** What is to be sent from a session. */
export type QueuedMessage = Omit<Outgoing, 'sessionId'>;

const keyOf = ({ messageId, changeId }: QueuedMessage): string => changeId ?? messageId;

/** What follows from an attempt. `recorded` settles when the outcome is in the log. */
export type AttemptResult =
  | { readonly next: 'done'; readonly recorded: Promise<unknown> }
  | { readonly next: 'retry_when_open' }
  /** Something has to be done before it can be sent. `work` never rejects, and resolves with the wait after it, in milliseconds. */
  | { readonly next: 'retry_after_work'; readonly work: Promise<number> }
  | { readonly next: 'retry_after'; readonly waitMs: number };

export type SessionQueueOptions = {
  readonly isOpen: () => boolean;
  /** Tries to send a message once. Never rejects. */
  readonly deliver: (entry: QueueEntry) => Promise<AttemptResult>;
  /** Records that these messages wait. Never rejects. */
  readonly hold: (messageIds: readonly string[], why: HoldReason) => Promise<void>;
  readonly pace: Pace;
};

type ChatQueue = { readonly chatId: string; readonly entries: Map<string, QueueEntry> };

/** Counts attempts until their outcome is recorded. */
const maxConcurrentAttempts = 16;
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
  private readonly entries = new Map<string, QueueEntry>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private holdTimer: NodeJS.Timeout | undefined;
  private paceTimer: NodeJS.Timeout | undefined;
  private readonly attempts = new Set<Promise<void>>();
  private isStopped = false;

  constructor(private readonly options: SessionQueueOptions) {}

  has(messageId: string): boolean {
    return this.entries.has(messageId);
  }

  /**
   * Adds a message behind the others of its chat. One that is here already keeps its place. For one that waited before the start of the
   * service it is not recorded that the session is offline, until the session was open: a restart alone changes nothing.
   */
  add({ messageId, changeId, chatId }: QueuedMessage, isRestored = false): void {
    const entry: QueueEntry = { messageId, changeId, chatId, failures: 0, heldFor: undefined, isRestored };
    const key = keyOf(entry);
    if (this.isStopped || this.entries.has(key)) return;
    this.entries.set(key, entry);
    const chat = this.chats.get(chatId);
    if (chat) chat.entries.set(key, entry);
    else this.open({ chatId, entries: new Map([[key, entry]]) });
    this.go();
  }

  /** To be called whenever the session opens. */
  opened(): void {
    for (const entry of this.entries.values()) entry.isRestored = false;
    this.go();
  }

  /** Starts the attempts that can be made now. */
  private go(): void {
    for (const chat of this.ready) {
      if (this.isStopped || this.attempts.size >= maxConcurrentAttempts) return;
      if (!this.options.isOpen()) return this.holdLater('session_offline');
      const waitMs = this.options.pace.waitMs(performance.now());
      if (waitMs > 0) return this.goLater(waitMs);
      const takeBack = this.options.pace.take(performance.now(), Math.random());
      this.ready.delete(chat);
      this.start(chat, takeBack);
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

  private start(chat: ChatQueue, takeBackPace: () => void): void {
    const attempt = this.attempt(chat, takeBackPace).finally(() => {
      this.attempts.delete(attempt);
      this.go();
    });
    this.attempts.add(attempt);
  }

  private async attempt(chat: ChatQueue, takeBackPace: () => void): Promise<void> {
    const [entry] = chat.entries.values();
    if (!entry) return;
    const result = await this.options.deliver(entry);
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
      takeBackPace(); // it is no message that was sent, and needs no slot meanwhile
      void result.work.then((waitMs) => this.readyLater(waitMs, chat));
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

  /** Records that messages wait, where they still do after a while. */
  private holdLater(why: HoldReason): void {
    this.holdTimer ??= this.timer(minHoldMs, () => {
      this.holdTimer = undefined;
      const isOffline = !this.options.isOpen();
      if (isOffline !== (why === 'session_offline')) return this.go();
      const waiting = [...this.entries.values()].filter(({ heldFor, isRestored }) => heldFor !== why && !isRestored);
      for (const entry of waiting) entry.heldFor = why;
      void this.options.hold(
        waiting.flatMap(({ messageId, changeId }) => (changeId === null ? messageId : [])),
        why,
      );
    });
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
