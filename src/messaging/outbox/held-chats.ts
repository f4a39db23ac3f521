import type { HoldReason } from '../hold-reason.contract.js';
import type { HeldUntil, Wait } from '../pacing/pacing.rules.js';
import type { QueueEntry } from './queue-entry.js';

/** The messages of one chat that are to be sent, in order. */
export type ChatQueue = { readonly chatId: string; readonly entries: Map<string, QueueEntry> };

/** That a message waits; without `wait`, nobody knows until when. */
export type Hold = {
  readonly messageId: string;
  readonly why: HoldReason;
  readonly wait?: HeldUntil;
  /** Whether it still waits for this: holds are recorded slowly. */
  readonly isCurrent: () => boolean;
};

export type HeldChat = { readonly chat: ChatQueue; readonly wait: Wait; readonly until: HeldUntil };

export const iso = (ms: number): string => new Date(ms).toISOString();

/** `moreMs`: of what waits for the same, before it. */
export const heldUntilOf = ({ because, isEndKnown, kind, untilMs }: Wait, moreMs: number): HeldUntil => ({
  because,
  until: isEndKnown ? iso(untilMs + moreMs) : null,
  isEstimate: kind === 'pause',
});

/** Chats of a session that wait although the session could send. */
export class HeldChats {
  private readonly byId = new Map<string, HeldChat>();
  private pausing = 0;

  /** How many messages they have. */
  get size(): number {
    return this.all().reduce((sum, { chat }) => sum + chat.entries.size, 0);
  }

  add(chat: ChatQueue, wait: Wait): HeldChat {
    const held = { chat, wait, until: heldUntilOf(wait, this.pausing * wait.everyMs) };
    this.byId.set(chat.chatId, held);
    if (wait.kind === 'pause') this.pausing += 1;
    return held;
  }

  has(chatId: string): boolean {
    return this.byId.has(chatId);
  }

  get(chatId: string): HeldChat | undefined {
    return this.byId.get(chatId);
  }

  all(): readonly HeldChat[] {
    return [...this.byId.values()];
  }

  /** The one that waits the shortest, as far as that is known. */
  first(): HeldUntil | undefined {
    const all = this.all().map(({ until }) => until);
    return all.length === 0
      ? undefined
      : all.reduce((one, other) => (untilOrLast(one) <= untilOrLast(other) ? one : other));
  }

  /** Undefined where it does not wait. */
  take(chatId: string): ChatQueue | undefined {
    const held = this.byId.get(chatId);
    if (!held) return undefined;
    this.byId.delete(chatId);
    if (held.wait.kind === 'pause') this.pausing -= 1;
    return held.chat;
  }

  takeAll(): readonly ChatQueue[] {
    return this.all().flatMap(({ chat }) => this.take(chat.chatId) ?? []);
  }
}

const untilOrLast = ({ until }: HeldUntil): string => until ?? '~';
