import { maxHoldingAttempts } from '../retry.rules.js';
import type { Item } from './item.js';

/** A delivery that is not done, as its view shows it. */
export type Pending = Item & { readonly number: number; readonly dueAt: string | null };

export type Look = {
  /** What is due by then (ISO 8601) is due. */
  readonly until: string;
  /** Being attempted, or ended since the look began. */
  readonly isUnderWay: (id: string) => boolean;
};

/** So many of a chat are in memory: those of sixteen others, which may be attempted at a time, have room beside them. */
const maxOfChat = 12;

/** What is pending in a chat: the next few in memory, of the others the number by which they are found in the view. */
export class ChatQueue {
  /** Those that may be attempted, in order. */
  readonly inMemory: Pending[] = [];
  /** When the first of those comes due that wait for a retry. */
  nextDue: string | undefined;
  /** The numbers of those behind, ascending. */
  private rest: number[] = [];
  /** The first of the rest waits for a retry, and keeps those behind it waiting. */
  private isHeld = false;
  /** By number, when each comes due that waits for a retry. One that keeps none waiting is in no other place. */
  private readonly waits = new Map<number, string>();
  /** What was due then is due, although the wall clock may have been set back since. */
  private dueUntil = '';
  /** Few are read after a failure, which is likely to be followed by another one. */
  private nextRead = maxOfChat;

  /** How many are known by their numbers alone. */
  get remembered(): number {
    return this.rest.length + this.waits.size;
  }

  get isEmpty(): boolean {
    return this.inMemory.length + this.remembered === 0;
  }

  /** None is in memory, while some may be due. */
  get isHungry(): boolean {
    return this.inMemory.length === 0 && this.rest.length > 0 && !this.isHeld;
  }

  /** One behind all others, as the view shows it; `isRoom`: it may be held in memory. */
  add(one: Pending, look: Look, isRoom: boolean): void {
    if (this.rest.length > 0) this.addUnseen(one.number);
    else if (!look.isUnderWay(one.id)) this.place(one, look, isRoom);
  }

  /** One behind all others, of which the view may have shown what is not so any more. */
  addUnseen(number: number): void {
    this.rest.push(number);
  }

  /** The numbers of the next ones: so many at the most. */
  toRead(most: number): readonly number[] {
    return this.rest.slice(0, Math.min(most, this.nextRead));
  }

  /** What the view showed of those: the others are not pending any more. */
  refill(read: readonly number[], found: readonly Pending[], look: Look): void {
    const behind = this.rest;
    this.rest = [];
    for (const one of found) this.add(one, look, true);
    behind.splice(0, read.length, ...this.rest);
    this.rest = behind;
    this.nextRead = Math.min(maxOfChat, 2 * this.nextRead);
  }

  /** One is not done: it and what is in memory behind it are read again. */
  putBack(numbers: readonly number[]): void {
    for (const number of [...numbers, ...this.inMemory.map((one) => one.number)]) this.insert(number);
    this.inMemory.length = 0;
    this.isHeld = false;
    this.dueUntil = '';
    this.nextRead = 1;
  }

  /** The first of the rest is not looked at before a time, and neither are those behind it. */
  hold(number: number, until: string): void {
    this.isHeld = true;
    this.wait(number, until);
  }

  /** What waits for a retry until then is due. */
  cameDue(until: string): void {
    this.nextDue = undefined;
    for (const [number, dueAt] of this.waits) {
      if (dueAt > until) this.noteDue(dueAt);
      else if (this.waits.delete(number)) this.insert(number);
    }
    this.isHeld = false;
    if (until > this.dueUntil) this.dueUntil = until;
  }

  private place(one: Pending, { until }: Look, isRoom: boolean): void {
    const { number, dueAt } = one;
    this.waits.delete(number);
    if (dueAt === null) return;
    const isDue = dueAt <= until || dueAt <= this.dueUntil;
    if (isDue && isRoom && this.inMemory.length < maxOfChat) return void this.inMemory.push(one);
    if (isDue) return this.addUnseen(number);
    this.wait(number, dueAt);
    if (one.attempts - one.attemptsBefore > maxHoldingAttempts) return;
    this.isHeld = true;
    this.rest.push(number);
  }

  private wait(number: number, dueAt: string): void {
    this.waits.set(number, dueAt);
    this.noteDue(dueAt);
  }

  private noteDue(dueAt: string): void {
    if (this.nextDue === undefined || dueAt < this.nextDue) this.nextDue = dueAt;
  }

  private insert(number: number): void {
    const found = this.rest.findIndex((other) => other >= number);
    const index = found < 0 ? this.rest.length : found;
    if (this.rest[index] !== number) this.rest.splice(index, 0, number);
  }
}
