import { LRUCache } from 'lru-cache';
import type { Json } from '#lib/json';
import { collection, put } from '#lib/read-models';
import { fingerprintOf, type Log } from '#lib/subscriptions';
import { sealer, type MasterKey, type Sealer } from '#lib/vault';
import type { AnyDecider } from '../context-definition.js';
import { upTo } from '../growing-cache.js';
import type { Stores } from '../stores.js';
import { maxCachedStreams, type StreamState } from './cached-streams.js';

type StoredState = {
  /** Of the definition that made it. */
  readonly fingerprint: string;
  /** The whole state, sealed, in base64: it may hold what no view shows. */
  readonly sealed: string;
};

/** The states of long streams. Beside the views, and as disposable as they are. Every process writes them: the latest one stays. */
export const streamStates = collection<StoredState>({ name: 'stream-states', version: 1 });

/** Fewer events are read again faster than a snapshot of them. */
const minEventsPerSnapshot = 1000;

/** Stores the states of a decider's long streams, so that what a stream holds is not read again from its beginning after each start. */
export class StateSnapshots {
  private readonly fingerprint: string;
  private readonly sealer: Sealer;
  /** The revisions of those that this process has read or stored. */
  private readonly storedUpTo = new LRUCache<string, number>(upTo(maxCachedStreams));

  constructor(
    decider: AnyDecider,
    private readonly stores: Pick<Stores, 'events' | 'models'>,
    key: MasterKey,
    private readonly log: Log,
  ) {
    const { events, snapshotVersion = null, initialState, evolve } = decider;
    this.fingerprint = fingerprintOf([events.category, snapshotVersion, initialState as Json], evolve);
    this.sealer = sealer(key, 'stream-states');
  }

  /** The stored state of a stream, if there is one of this decider and of this log. */
  async load(stream: string): Promise<StreamState | undefined> {
    try {
      const stored = await this.stores.models.get(streamStates, stream);
      if (stored?.fingerprint !== this.fingerprint) return undefined;
      const text = this.sealer.open(Buffer.from(stored.sealed, 'base64'), stream).toString();
      const known = JSON.parse(text) as StreamState;
      if (!(await this.isOfThisLog(stream, known))) return undefined;
      this.storedUpTo.set(stream, known.revision);
      return known;
    } catch (error) {
      this.log.warn({ err: error, stream }, 'The stored state of a stream cannot be read: its events are read instead');
      return undefined;
    }
  }

  /** Begins to store the state of a stream where it is so much further than what was stored before. Whoever calls waits for nothing. */
  saveIfWorthIt(stream: string, known: StreamState): void {
    if (known.revision - (this.storedUpTo.get(stream) ?? -1) < minEventsPerSnapshot) return;
    this.storedUpTo.set(stream, known.revision); // also where it fails: it is tried again after as many events
    void this.save(stream, known);
  }

  /** Never throws. The views finish what they have taken before they close. */
  private async save(stream: string, known: StreamState): Promise<void> {
    const { position } = known;
    try {
      const sealed = this.sealer.seal(Buffer.from(JSON.stringify(known)), stream).toString('base64');
      await this.stores.models.apply({
        subscription: `state ${stream}`,
        collection: streamStates.name,
        changes: [{ position, writes: [put(stream, { fingerprint: this.fingerprint, sealed })] }],
        checkpoint: position,
      });
    } catch (error) {
      this.log.warn({ err: error, stream }, 'The state of a stream could not be stored: it is read again next time');
    }
  }

  /** A log that was restored from a backup may be older than its views. */
  private async isOfThisLog(stream: string, { revision, last }: StreamState): Promise<boolean> {
    for await (const { id } of this.stores.events.readStream(stream, { from: revision, limit: 1 }))
      return id === last?.id;
    return false;
  }
}
