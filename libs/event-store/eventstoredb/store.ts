import { END } from '@eventstore/db-client';
import { InvalidAppend, NotSupported } from '../errors.js';
import type {
  Appended,
  Damage,
  EventStore,
  ReadAll,
  ReadStream,
  StoredEvent,
  StreamAppend,
  Subscribe,
  SubscriptionPage,
  PartVerification,
  Verification,
} from '../port.js';
import { serializeAppends, type SerializedAppend } from '../serialize.js';
import { AppendCall } from './append-call.js';
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { DamagedEvents } from '../damaged-events.js';
import { Decoder } from './decoder.js';
import { closedError, openingError, storeError } from './errors.js';
import { positionOf } from './events.js';
import type { Limits } from './limits.js';
import { LiveFeed } from './live-feed.js';
import type { Names } from './names.js';
import { persistently } from './persistence.js';
import { LogReads } from './reads.js';
import { subscription } from './subscription.js';
import { verifyLog } from './verify.js';

/** After an append has succeeded, the store counts as ready for this long. */
const readyAfterAppendMs = 1000;

/** The event store on an EventStoreDB or KurrentDB server. */
export class EventStoreDbStore implements EventStore {
  readonly capabilities = { multiStream: false, gapless: false };
  private readonly damagedEvents = new DamagedEvents();
  private readonly decoder: Decoder;
  private readonly reads: LogReads;
  private readonly appendCall: AppendCall;
  private readonly appender: Appender;
  private feed: LiveFeed | undefined;
  private following: Promise<void> = Promise.resolve();
  private lastStoredAt = -Infinity;
  private isClosed = false;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly limits: Limits,
  ) {
    this.decoder = new Decoder(names, this.damagedEvents);
    this.reads = new LogReads(connection, names, this.decoder, limits, () => this.head());
    this.appendCall = new AppendCall(connection, limits.answerTimeoutMs);
    this.appender = new Appender(this.appendCall, names, limits, (stream) => this.reads.stream(stream));
  }

  static async open(url: string, names: Names, limits: Limits): Promise<EventStoreDbStore> {
    const connection = new Connection(url, limits.answerTimeoutMs);
    const store = new EventStoreDbStore(connection, names, limits);
    try {
      await connection.checkVersion();
      // Once more where the first node that answers is not the leader.
      const seen = await store.lastOfAll(persistently(() => store.reads.allBackwards(END), limits, connection.closed));
      store.feed = new LiveFeed(connection, names, store.decoder, limits, { seen, own: await store.head() });
      store.following = store.feed.run();
      return store;
    } catch (error) {
      await store.close();
      throw openingError(error);
    }
  }

  async append(append: StreamAppend): Promise<Appended> {
    this.assertOpen();
    const [serialized] = serializeAppends([append]) as [SerializedAppend];
    if (append.stream.startsWith('$')) throw new InvalidAppend('Streams that start with $ are the server’s own');
    const appended = await this.appender.append(append, serialized);
    this.lastStoredAt = performance.now();
    this.feed?.note(appended.position);
    return appended;
  }

  async appendMany(appends: readonly StreamAppend[]): Promise<readonly Appended[]> {
    this.assertOpen();
    const [only, ...others] = appends;
    if (!only) return [];
    if (others.length > 0) throw new NotSupported('EventStoreDB appends to one stream at a time');
    return [await this.append(only)];
  }

  readStream(stream: string, options?: ReadStream): AsyncIterable<StoredEvent> {
    return this.reads.stream(stream, options);
  }

  readAll(options?: ReadAll): AsyncIterable<StoredEvent> {
    return this.reads.all(options);
  }

  subscribe(options: Subscribe): AsyncIterable<SubscriptionPage> {
    this.assertOpen();
    const { connection, reads, names, decoder, limits } = this;
    const feed = this.feed as LiveFeed;
    return subscription({ connection, feed, reads, names, decoder, limits, head: () => this.head() }, options);
  }

  async head(): Promise<number> {
    this.assertOpen();
    const events = persistently(() => this.reads.allBackwards(END), this.limits, this.connection.closed);
    for await (const resolved of events) {
      if (this.feed && positionOf(resolved) <= this.feed.seenUpTo) return this.feed.position;
      const decoded = this.decoder.decode(resolved);
      if (decoded) return decoded.event.position;
    }
    return 0;
  }

  async verify(): Promise<Verification> {
    this.assertOpen();
    const head = await this.head();
    const walked = await verifyLog(this.reads.decoded(head));
    const verification = { ...walked, lastPosition: Math.max(walked.lastPosition, head) };
    for (const damage of verification.corrupt) this.damagedEvents.note(damage);
    return verification;
  }

  async verifyPart({ after, limit }: { after: number; limit: number }): Promise<PartVerification> {
    this.assertOpen();
    const head = await this.head();
    // A read begins with the event that it starts from.
    const part = await verifyLog(this.reads.decoded(head, { from: after, limit: limit + 1 }), after);
    for (const damage of part.corrupt) this.damagedEvents.note(damage);
    const isAtEnd = part.events < limit;
    return { ...part, next: isAtEnd ? null : part.lastPosition };
  }

  /** The server does that by itself, or as its operator tells it to. */
  async maintain(): Promise<void> {
    this.assertOpen();
  }

  damaged(): readonly Damage[] {
    return this.damagedEvents.list();
  }

  passOver(position: number): void {
    this.damagedEvents.passOver(position);
  }

  async backup(): Promise<void> {
    throw new NotSupported('EventStoreDB has its own backups: see the documentation of the server');
  }

  async ready(): Promise<void> {
    this.assertOpen();
    if (performance.now() - this.lastStoredAt < readyAfterAppendMs) return;
    try {
      await this.lastOfAll();
    } catch (error) {
      throw storeError(error);
    }
  }

  close(): Promise<void> {
    return (this.closing ??= this.finish());
  }

  private async finish(): Promise<void> {
    this.isClosed = true;
    await this.appender.drain();
    await this.appendCall.close();
    await this.connection.close();
    await this.following;
  }

  /** The position of the last event of any stream. */
  private async lastOfAll(events = this.reads.allBackwards(END)): Promise<number> {
    for await (const event of events) return positionOf(event);
    return 0;
  }

  private assertOpen(): void {
    if (this.isClosed) throw closedError();
  }
}
