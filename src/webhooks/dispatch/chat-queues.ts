import { ChatQueue, type Look, type Pending } from './chat-queue.js';
import { chatOf, type Item } from './item.js';

const maxInMemory = 200;
/** With fewer in memory, others are read while these are delivered. */
const refillBelow = 50;
/** So many chats, and so many numbers, are known before the view is read on. */
const maxChats = 20_000;
const maxRemembered = 250_000;

/** By chat, the numbers that are looked for. */
export type Missing = ReadonlyMap<string, readonly number[]>;

/**
 * The deliveries of a webhook that wants order. Their view is read forward once, by number. What of a chat is not held in memory, because the
 * chat had its share or one of it waits for a retry, is remembered by number, and read when its turn comes.
 */
export class ChatQueues {
  /** Whatever is pending with this number or a lower one is known here, or being attempted. */
  readUpTo = -1;
  private readonly chats = new Map<string, ChatQueue>();
  private readonly ready = new Map<string, ChatQueue>();
  private readonly hungry = new Map<string, ChatQueue>();
  private readonly waiting = new Map<string, ChatQueue>();
  /** Those of which a reading that is under way may show what is not so any more. */
  private readonly changed = new Set<string>();
  private inMemory = 0;
  private remembered = 0;
  /** Nothing that waits for a retry is due before. */
  private dueFrom: string | undefined;

  /** How many may be held in memory beside those that are. */
  get room(): number {
    return Math.max(0, maxInMemory - this.inMemory);
  }

  get isHungry(): boolean {
    return this.hungry.size > 0;
  }

  /** Whether as much is known as may be. */
  get isFull(): boolean {
    return this.chats.size >= maxChats || this.remembered >= maxRemembered;
  }

  /** Whether there is room, and little to go on with. */
  isLow(isBusy: (chat: string) => boolean): boolean {
    return this.room > 0 && (this.inMemory < refillBelow || this.next(isBusy) === undefined);
  }

  /** Of the chats that are not busy, the next of the one whose turn it is. */
  next(isBusy: (chat: string) => boolean): Pending | undefined {
    for (const [chat, { inMemory }] of this.ready) if (!isBusy(chat)) return inMemory[0];
    return undefined;
  }

  /** Removes the next of a chat, and gives the others their turn. */
  take(next: Item): void {
    const chat = chatOf(next);
    this.ready.delete(chat);
    this.change(chat, ({ inMemory }) => void inMemory.shift());
  }

  /** A reading begins. What changes from now on is not taken from what it shows. */
  beginReading(): void {
    this.changed.clear();
  }

  /** What is to be read of the chats that have nothing in memory: as much as there is room for. */
  missing(): Missing {
    const missing = new Map<string, readonly number[]>();
    let left = this.room;
    for (const [chat, queue] of this.hungry) {
      if (left === 0) break;
      const numbers = queue.toRead(left);
      missing.set(chat, numbers);
      left -= numbers.length;
    }
    return missing;
  }

  /** What the view showed of what was missing. */
  refill(missing: Missing, found: readonly Pending[], look: Look): void {
    const byChat = new Map([...missing.keys()].map((chat) => [chat, [] as Pending[]]));
    for (const one of found) byChat.get(chatOf(one))?.push(one);
    for (const [chat, numbers] of missing) {
      if (this.changed.has(chat)) continue;
      this.change(chat, (queue) => queue.refill(numbers, byChat.get(chat) ?? [], look));
    }
  }

  /** What the view showed behind `readUpTo`. Answers how many of them are in memory now. */
  readForward(found: readonly Pending[], look: Look): number {
    const { room } = this;
    for (const one of found) {
      const chat = chatOf(one);
      const isRoom = this.room > 0;
      this.readUpTo = one.number;
      this.change(chat, (queue) => {
        if (this.changed.has(chat)) queue.addUnseen(one.number);
        else queue.add(one, look, isRoom);
      });
    }
    return room - this.room;
  }

  /** An attempt failed: the view knows whether those behind it wait. */
  failed({ number, ...item }: Pending): void {
    this.putBack(chatOf(item), number);
  }

  /** It was not attempted, and is not before a time (ISO 8601). Those behind it wait. */
  skipped({ number, ...item }: Pending, until: string): void {
    const chat = chatOf(item);
    this.putBack(chat, number);
    if (number <= this.readUpTo) this.change(chat, (queue) => queue.hold(number, until));
  }

  /** What waited until then for a retry is to be read. */
  cameDue(until: string): void {
    if (this.dueFrom === undefined || this.dueFrom > until) return;
    this.dueFrom = undefined;
    for (const [chat, { nextDue = '' }] of this.waiting) {
      const isDue = nextDue <= until;
      if (isDue) this.changed.add(chat);
      this.change(chat, (queue) => isDue && queue.cameDue(until));
    }
  }

  /** When the first of those may be due that wait for a retry. */
  nextDue(): string | undefined {
    return this.dueFrom;
  }

  /** What has not been read yet comes with the reading forward. */
  private putBack(chat: string, number: number): void {
    this.changed.add(chat);
    this.change(chat, (queue) => queue.putBack(number <= this.readUpTo ? [number] : []));
  }

  private change(chat: string, change: (queue: ChatQueue) => void): void {
    const queue = this.chats.get(chat) ?? new ChatQueue();
    this.inMemory -= queue.inMemory.length;
    this.remembered -= queue.remembered;
    change(queue);
    this.inMemory += queue.inMemory.length;
    this.remembered += queue.remembered;
    const { nextDue } = queue;
    if (nextDue !== undefined && (this.dueFrom === undefined || nextDue < this.dueFrom)) this.dueFrom = nextDue;
    const keep = (where: Map<string, ChatQueue>, isThere: boolean): unknown =>
      isThere ? where.set(chat, queue) : where.delete(chat);
    keep(this.chats, !queue.isEmpty);
    keep(this.ready, queue.inMemory.length > 0);
    keep(this.hungry, queue.isHungry);
    keep(this.waiting, nextDue !== undefined);
  }
}
