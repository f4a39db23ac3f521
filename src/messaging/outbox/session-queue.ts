import type { HoldReason } from '../message.contract.js';
import type { Pace } from './pace.js';

/** A message that is to leave. */
export type Entry = {
  readonly messageId: string;
  readonly chatId: string;
  /** How often it was tried without an answer, or refused for the moment. */
  failures: number;
  /** An attempt was made of which nobody knows how it ended. */
  mayHaveLeft: boolean;
  /** Why it waits, as the record says. */
  heldFor: HoldReason | undefined;
};

/** What comes after an attempt. `recorded` settles when the outcome is in the log. */
export type Verdict =
  | { readonly next: 'done'; readonly recorded: Promise<unknown> }
  | { readonly next: 'when_open' }
  | { readonly next: 'after'; readonly milliseconds: number };

/** What a queue needs to be told and to have done. */
export type SessionWork = {
  readonly isOpen: () => boolean;
  /** Tries a message once. Never rejects. */
  readonly deliver: (entry: Entry) => Promise<Verdict>;
  /** Records that these wait. Never rejects. */
  readonly hold: (entries: readonly Entry[], why: HoldReason) => Promise<void>;
  readonly pace: Pace;
};

type Lane = { readonly chatId: string; readonly entries: Map<string, Entry> };

/** So many messages of a session are under way at a time. */
const atOnce = 16;
/** What waits no longer than this is not worth a word, in milliseconds. */
const patience = 1500;
/** Where the session says that it is open and cannot send: not at once again. */
const afterMisunderstanding = 250;

/**
 * The messages of one session: in order within a chat, where the next one goes when the one before was answered, and side by side
 * across chats.
 */
export class SessionQueue {
  private readonly lanes = new Map<string, Lane>();
  /** Lanes whose first message can go: longest waiting first. */
  private readonly ready = new Set<Lane>();
  private readonly known = new Map<string, Entry>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private holding: NodeJS.Timeout | undefined;
  private pausing: NodeJS.Timeout | undefined;
  private readonly turns = new Set<Promise<void>>();
  private isStopped = false;

  constructor(private readonly work: SessionWork) {}

  entry(messageId: string): Entry | undefined {
    return this.known.get(messageId);
  }

  /** Adds a message behind the others of its chat. One that is here already stays where it is. */
  add(messageId: string, chatId: string): void {
    if (this.isStopped || this.known.has(messageId)) return;
    const entry: Entry = { messageId, chatId, failures: 0, mayHaveLeft: false, heldFor: undefined };
    this.known.set(messageId, entry);
    const lane = this.lanes.get(chatId);
    if (lane) lane.entries.set(messageId, entry);
    else this.open({ chatId, entries: new Map([[messageId, entry]]) });
    this.go();
  }

  /** Lets go what can go. Called whenever the session opens. */
  go(): void {
    for (const lane of this.ready) {
      if (this.isStopped || this.turns.size >= atOnce) return;
      if (!this.work.isOpen()) return this.holdLater('session_offline');
      const wait = this.work.pace.wait(Date.now());
      if (wait > 0) return this.goLater(wait);
      this.work.pace.take(Date.now(), Math.random());
      this.ready.delete(lane);
      this.begin(lane);
    }
  }

  /** Begins nothing more. Resolves when what was begun has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.turns);
  }

  private open(lane: Lane): void {
    this.lanes.set(lane.chatId, lane);
    this.ready.add(lane);
  }

  private begin(lane: Lane): void {
    const turn = this.turn(lane).finally(() => {
      this.turns.delete(turn);
      this.go();
    });
    this.turns.add(turn);
  }

  private async turn(lane: Lane): Promise<void> {
    const [entry] = lane.entries.values();
    if (!entry) return;
    const verdict = await this.work.deliver(entry);
    if (verdict.next === 'done') {
      lane.entries.delete(entry.messageId);
      if (lane.entries.size > 0) this.ready.add(lane);
      else this.lanes.delete(lane.chatId);
      this.go();
      await verdict.recorded;
      this.known.delete(entry.messageId);
    } else {
      const isOpen = this.work.isOpen();
      if (verdict.next === 'after') this.later(verdict.milliseconds, lane);
      else if (isOpen) this.later(afterMisunderstanding, lane);
      else this.ready.add(lane);
    }
  }

  private later(milliseconds: number, lane: Lane): void {
    this.timer(milliseconds, () => {
      this.ready.add(lane);
      this.go();
    });
  }

  private goLater(milliseconds: number): void {
    this.pausing ??= this.timer(milliseconds, () => {
      this.pausing = undefined;
      this.go();
    });
    this.holdLater('pacing');
  }

  /** What still waits after a while is said to. */
  private holdLater(why: HoldReason): void {
    this.holding ??= this.timer(patience, () => {
      this.holding = undefined;
      const isOffline = !this.work.isOpen();
      if (isOffline !== (why === 'session_offline')) return this.go();
      const waiting = [...this.known.values()].filter(({ mayHaveLeft, heldFor }) => !mayHaveLeft && heldFor !== why);
      for (const entry of waiting) entry.heldFor = why;
      void this.work.hold(waiting, why);
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
