import { pause } from '#lib/async';
import type { EventCodec, Recorded } from '#lib/event-sourcing';
import { matchesEvent, type EventStore } from '#lib/event-store';
import type { Follow, ReadPage } from './read-page.js';

/** How long a run waits for others before it begins: all views of a service start within this time. */
const gatheringMs = 100;
const pageEvents = 250;
/** A page without events only moves the position of a follower; it is left out unless so many events have passed. */
const maxEventsUnsaid = 1000;
/** Pages that a follower may have waiting. */
const maxPagesWaiting = 2;
/** A follower that takes nothing for so long goes on alone, and the others without it. */
const slowFollowerMs = 5000;

/**
 * One reading of the log for several followers, each of which gets the events of its filter. They keep step: the run waits for the slowest.
 * It ends at the end of the log, when one follower is left, or when the log cannot be read: followers then go on by themselves, and meet the
 * trouble if it concerns them.
 */
export class SharedRun {
  private readonly followers = new Set<Follower>();
  private readonly stopping = new AbortController();

  /** `begins` is called when nobody can join any more. */
  constructor(
    private readonly store: EventStore,
    private readonly codec: EventCodec,
    begins: () => void,
  ) {
    void this.run(begins);
  }

  /** The pages for one follower. To be called before the run begins. */
  async *join({ after, filter, signal }: Follow): AsyncGenerator<ReadPage> {
    const follower = new Follower(after, matchesEvent(filter));
    const leave = (): void => this.leave(follower);
    this.followers.add(follower);
    signal.addEventListener('abort', leave, { once: true });
    try {
      for await (const page of follower.pages()) {
        if (signal.aborted) return;
        yield page;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  private async run(begins: () => void): Promise<void> {
    await pause(gatheringMs, this.stopping.signal);
    begins();
    try {
      if (this.followers.size > 1) await this.read();
    } catch {
      // each follower reads on from where it is, and throws it there
    } finally {
      for (const follower of this.followers) follower.end();
    }
  }

  private async read(): Promise<void> {
    const after = Math.min(...[...this.followers].map(({ position }) => position));
    const { signal } = this.stopping;
    let passed = 0;
    for await (const page of this.store.subscribe({ after, pageSize: pageEvents, signal })) {
      const events = await this.codec.decode(page.events);
      passed += events.length;
      const isDue = page.live || passed >= maxEventsUnsaid;
      this.deliver(events, page.position, isDue);
      if (isDue) passed = 0;
      if (page.live || this.followers.size <= 1) return;
      await this.room();
    }
  }

  private deliver(events: readonly Recorded[], position: number, isDue: boolean): void {
    for (const follower of this.followers) {
      const wanted = events.filter((event) => follower.wants(event));
      if (wanted.length > 0 || isDue) follower.take({ events: wanted, position, live: false });
    }
  }

  private async room(): Promise<void> {
    for (const follower of this.followers) if (!(await follower.room())) this.leave(follower);
  }

  private leave(follower: Follower): void {
    follower.end();
    this.followers.delete(follower);
    if (this.followers.size === 0) this.stopping.abort();
  }
}

/** The pages that wait for one follower. */
class Follower {
  private waiting: ReadPage[] = [];
  private isOver = false;
  private wake = (): void => undefined;
  private makeRoom = (): void => undefined;

  constructor(
    public position: number,
    private readonly matches: (event: Recorded) => boolean,
  ) {}

  wants(event: Recorded): boolean {
    return event.position > this.position && this.matches(event);
  }

  take(page: ReadPage): void {
    if (page.position <= this.position) return;
    this.position = page.position;
    this.waiting.push(page);
    this.wake();
  }

  end(): void {
    this.isOver = true;
    this.wake();
    this.makeRoom();
  }

  /** False if the follower is too slow. */
  async room(): Promise<boolean> {
    if (this.hasRoom()) return true;
    const slow = new AbortController();
    const inTime = new Promise<void>((resolve) => (this.makeRoom = resolve));
    await Promise.race([inTime, pause(slowFollowerMs, slow.signal)]);
    slow.abort();
    return this.hasRoom();
  }

  async *pages(): AsyncGenerator<ReadPage> {
    for (;;) {
      const page = this.waiting.shift();
      if (page) {
        this.makeRoom();
        yield page;
      } else if (this.isOver) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private hasRoom(): boolean {
    return this.isOver || this.waiting.length < maxPagesWaiting;
  }
}
