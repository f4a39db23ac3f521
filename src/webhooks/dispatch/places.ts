/** Whoever wants to make requests, and is told when there is a place. */
export type Waiter = { readonly userId: string; readonly resume: () => void };

/** So many requests may have ended, and not be on record yet, beside those that are being made: in all. */
const maxUnrecorded = 512;

/** How many requests to webhooks are made at a time: in all, and for each user. */
export class Places {
  private taken = 0;
  private unrecorded = 0;
  private readonly byUser = new Map<string, number>();
  /** In the order in which they came. */
  private readonly waiting = new Set<Waiter>();

  constructor(private readonly limits: { readonly total: number; readonly perUser: number }) {}

  /** Where there is none, the waiter is resumed later, and takes again. */
  take(waiter: Waiter): boolean {
    const ofUser = this.byUser.get(waiter.userId) ?? 0;
    if (this.taken >= this.limits.total || ofUser >= this.limits.perUser) {
      this.waiting.add(waiter);
      return false;
    }
    this.taken += 1;
    this.byUser.set(waiter.userId, ofUser + 1);
    return true;
  }

  /** Gives the place of a request that has ended and is yet to be recorded. False where too many are: the place is kept until then. */
  giveAhead(userId: string): boolean {
    if (this.unrecorded >= maxUnrecorded) return false;
    this.unrecorded += 1;
    this.give(userId);
    return true;
  }

  /** One whose place was given ahead is on record. */
  noteRecorded(): void {
    this.unrecorded -= 1;
  }

  give(userId: string): void {
    this.taken -= 1;
    const left = (this.byUser.get(userId) ?? 1) - 1;
    if (left === 0) this.byUser.delete(userId);
    else this.byUser.set(userId, left);
    for (const waiter of this.waiting) {
      if (this.taken >= this.limits.total) return;
      if ((this.byUser.get(waiter.userId) ?? 0) >= this.limits.perUser) continue;
      this.waiting.delete(waiter);
      waiter.resume();
    }
  }
}
