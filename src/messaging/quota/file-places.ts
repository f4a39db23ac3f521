import { pause } from '#lib/async';
import { Limited } from '../../platform/http/refusals.js';
import type { Draw, Ledger } from './ledger.js';

const defaultMaxWaitMs = 30_000;
const maxWaitingOfUser = 100;
/** Of all users: what came with messages that wait, such as files, is in memory meanwhile. */
const maxWaitingBytes = 32 * 1024 * 1024;
const retryAfterSeconds = 5;

/** Not for good: what holds the places may still fail. */
class PlacesReserved extends Limited {
  constructor() {
    const detail = 'Your messages that are being prepared may take all that is left of a limit: try again';
    super('quota_reserved', detail, retryAfterSeconds);
  }
}

/** `changed` is aborted when another one is given back. */
type Place = {
  readonly draws: readonly Draw[];
  readonly heldBytes: number;
  changed: AbortController;
  isWaiting: boolean;
};

/**
 * Places within the limits of users for messages whose files are fetched and made ready: no more at a time than are left, as far as this process knows.
 * They count for nothing else: the ledger decides when a message is recorded. Several processes each have their own.
 */
export class FilePlaces {
  /** By user, in the order in which they were asked for. */
  private readonly byUser = new Map<string, Place[]>();
  private waitingBytes = 0;

  constructor(
    private readonly ledger: Pick<Ledger, 'look'>,
    private readonly maxWaitMs = defaultMaxWaitMs,
  ) {}

  /**
   * Takes a place; the answer gives it back, once it is decided whether the message is accepted. Waits while those before it may take all that is left.
   * `heldBytes`: what stays in memory while it waits. Undefined: a limit is used up, whatever becomes of them.
   * @throws {Limited} `quota_reserved`: they take too long, or too much waits already. @throws {Transient}
   */
  async take(userId: string, draws: readonly Draw[], at: string, heldBytes = 0): Promise<(() => void) | undefined> {
    const places = this.byUser.get(userId) ?? [];
    this.byUser.set(userId, places);
    const place: Place = { draws, heldBytes, changed: new AbortController(), isWaiting: false };
    places.push(place);
    const giveBack = (): void => {
      places.splice(places.indexOf(place), 1);
      for (const { changed } of places) changed.abort();
      if (places.length === 0) this.byUser.delete(userId);
    };
    let isFree = false;
    try {
      isFree = await this.isFree(place, places, at);
    } finally {
      this.endWait(place);
      if (!isFree) giveBack();
    }
    return isFree ? giveBack : undefined;
  }

  /** False: a limit is used up. */
  private async isFree(place: Place, places: readonly Place[], at: string): Promise<boolean> {
    const { draws } = place;
    const until = performance.now() + this.maxWaitMs;
    for (;;) {
      const { signal } = (place.changed = new AbortController()); // before the look: what is given back during it counts
      const before = places.slice(0, places.indexOf(place));
      if (!(await this.ledger.look(besides(before, draws), at))) return true;
      if (await this.ledger.look(draws, at)) return false;
      const leftMs = until - performance.now();
      if (leftMs <= 0 || !this.mayWait(place, places)) throw new PlacesReserved();
      await pause(leftMs, signal);
    }
  }

  /** Counts it among those that wait, where there is room. */
  private mayWait(place: Place, places: readonly Place[]): boolean {
    if (place.isWaiting) return true;
    const bytes = this.waitingBytes + place.heldBytes;
    if (bytes > maxWaitingBytes || places.filter(({ isWaiting }) => isWaiting).length >= maxWaitingOfUser) return false;
    place.isWaiting = true;
    this.waitingBytes = bytes;
    return true;
  }

  private endWait(place: Place): void {
    if (place.isWaiting) this.waitingBytes -= place.heldBytes;
    place.isWaiting = false;
  }
}

/** The limits as they are for a message beside others. */
const besides = (others: readonly Place[], draws: readonly Draw[]): readonly Draw[] =>
  draws.map((draw) => {
    const same = others.flatMap((other) => other.draws.filter((one) => isSameLimit(one, draw)));
    const chats = new Set(same.map(({ chatId }) => chatId).filter((chatId) => chatId !== draw.chatId));
    return { ...draw, limit: draw.limit - (draw.chatId === undefined ? same.length : chats.size) };
  });

const isSameLimit = (one: Draw, other: Draw): boolean =>
  one.of === other.of &&
  one.period.from === other.period.from &&
  (one.of !== 'minute' || one.sessionId === other.sessionId);
