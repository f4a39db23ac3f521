import { maxHoldingAttempts } from '../retry.rules.js';
import { chatOf, type Item } from './item.js';

/** A delivery that is not done, as its view shows it. */
export type Pending = Item & { readonly number: number; readonly dueAt: string | null };

export type Look = {
  /** What is due by then (ISO 8601) is due. */
  readonly until: string;
  /** Being attempted, or ended since the look began. */
  readonly isUnderWay: (id: string) => boolean;
};

/** What of a chat is in the view, and not in memory: from a number on, and in a look because something came due, what was due then. */
type Rest = { readonly from: number; readonly until: string };
type Wake = { readonly dueAt: string; readonly from: number };

/** So many of a chat are in memory: those of sixteen others, which may be attempted at a time, have room beside them. */
const maxOfChat = 12;
const maxInMemory = 200;
/** So many chats have a rest, or one that waits for a retry, before the view is read on. */
const maxChats = 20_000;

/**
 * The deliveries of a webhook that wants order. Their view is read forward once, by number. What is left of a chat, because it had its share
 * or one of it waits for a retry, is looked for from where it was left, when its turn comes.
 */
export class ChatQueues {
  /** Whatever is pending with this number or a lower one is in a queue, or its chat has a rest. */
  readUpTo = -1;
  private readonly queues = new Map<string, Pending[]>();
  private readonly rests = new Map<string, Rest>();
  /** The chats whose rest may be due. The others wait for a retry. */
  private readonly hungry = new Set<string>();
  private readonly wakes = new Map<string, Wake>();
  private inMemory = 0;

  get isFull(): boolean {
    return this.inMemory >= maxInMemory || this.rests.size + this.wakes.size >= maxChats;
  }

  /** The oldest of those whose chats are not busy. */
  next(isBusy: (chat: string) => boolean): Pending | undefined {
    let oldest: Pending | undefined;
    for (const [chat, [head]] of this.queues) {
      if (head && (!oldest || head.number < oldest.number) && !isBusy(chat)) oldest = head;
    }
    return oldest;
  }

  /** Removes the next of a chat. */
  take(next: Item): void {
    const chat = chatOf(next);
    const queue = this.queues.get(chat);
    if (!queue) return;
    queue.shift();
    this.inMemory -= 1;
    if (queue.length === 0) this.queues.delete(chat);
  }

  /** A chat that has nothing in memory while more of it may be due, and from which number on that is. */
  toRefill(isBusy: (chat: string) => boolean): { readonly chat: string; readonly from: number } | undefined {
    for (const chat of this.hungry) {
      const rest = this.rests.get(chat);
      if (rest && !this.queues.has(chat) && !isBusy(chat)) return { chat, from: rest.from };
    }
    return undefined;
  }

  /** What the view showed behind `readUpTo`. Answers whether all of it was taken: there may be no room. */
  readForward(found: readonly Pending[], look: Look): boolean {
    for (const one of found) {
      if (this.isFull) return false;
      this.readUpTo = one.number;
      const chat = chatOf(one);
      const rest = this.rests.get(chat);
      if (!rest) this.place(chat, one, look);
      else if (one.number < rest.from) this.rests.set(chat, { ...rest, from: one.number });
    }
    return true;
  }

  /** What the view showed from where a chat was left; `isAll`: there is no more behind. */
  refill(chat: string, found: readonly Pending[], isAll: boolean, look: Look): void {
    const rest = this.rests.get(chat);
    if (!rest) return;
    const until = rest.until > look.until ? rest.until : look.until;
    this.dropRest(chat);
    for (const one of found) {
      if (one.number > this.readUpTo) return;
      if (chatOf(one) === chat) this.place(chat, one, { ...look, until });
      if (this.rests.has(chat)) return;
    }
    const last = found.at(-1);
    if (!isAll && last) this.leave(chat, { from: last.number + 1, until: rest.until });
  }

  /** An attempt failed: the view knows whether those behind it wait. */
  failed(one: Pending): void {
    const chat = chatOf(one);
    this.inMemory -= this.queues.get(chat)?.length ?? 0;
    this.queues.delete(chat);
    this.leave(chat, { from: one.number, until: '' });
  }

  /** It was not attempted. It is looked for again when something is read next. */
  skipped(one: Pending): void {
    this.wakeLater(chatOf(one), { dueAt: '', from: one.number });
  }

  /** What waited until then for a retry may be looked for. */
  cameDue(until: string): void {
    for (const [chat, { dueAt, from }] of this.wakes) {
      if (dueAt > until) continue;
      this.wakes.delete(chat);
      this.leave(chat, { from, until });
    }
  }

  /** When the first of those is due that wait for a retry. */
  nextDue(): string | undefined {
    let next: string | undefined;
    for (const { dueAt } of this.wakes.values()) if (dueAt !== '' && (next === undefined || dueAt < next)) next = dueAt;
    return next;
  }

  /** All is read anew. */
  clear(): void {
    this.readUpTo = -1;
    this.inMemory = 0;
    for (const kept of [this.queues, this.rests, this.hungry, this.wakes]) kept.clear();
  }

  private place(chat: string, one: Pending, { until, isUnderWay }: Look): void {
    if (isUnderWay(one.id)) return;
    if (one.dueAt !== null && one.dueAt <= until) {
      const queue = this.queues.get(chat) ?? [];
      if (queue.length >= maxOfChat) return this.leave(chat, { from: one.number, until });
      this.queues.set(chat, queue);
      queue.push(one);
      this.inMemory += 1;
      return;
    }
    if (one.dueAt !== null) this.wakeLater(chat, { dueAt: one.dueAt, from: one.number });
    if (one.attempts - one.attemptsBefore > maxHoldingAttempts) return;
    this.rests.set(chat, { from: one.number, until: '' });
  }

  private leave(chat: string, { from, until }: Rest): void {
    const earlier = this.rests.get(chat);
    const isEarlier = earlier !== undefined && earlier.from < from;
    this.rests.set(chat, { from: isEarlier ? earlier.from : from, until });
    this.hungry.add(chat);
  }

  private dropRest(chat: string): void {
    this.rests.delete(chat);
    this.hungry.delete(chat);
  }

  private wakeLater(chat: string, wake: Wake): void {
    const known = this.wakes.get(chat);
    if (!known) return void this.wakes.set(chat, wake);
    const dueAt = known.dueAt < wake.dueAt ? known.dueAt : wake.dueAt;
    this.wakes.set(chat, { dueAt, from: Math.min(known.from, wake.from) });
  }
}
