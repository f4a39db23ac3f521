import { checkCommit, type CommitDecision, type Expected } from './commit-check.js';

/** An event as a client proposes it. */
export type Proposed = {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

/** A record of the transaction log: one event. The next record starts at `end` or after it. */
export type LogRecord = Proposed & {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly end: number;
  /** Milliseconds since 1970. */
  readonly created: number;
};

/** A position of `$all`. Records commit themselves, so that both numbers of a record are equal. */
export type AllPosition = { readonly commit: number; readonly prepare: number };

/** A client asked for a position at which no record starts. */
export class InvalidPosition extends Error {
  override readonly name = 'InvalidPosition';
}

/** The event number of a stream that was deleted for good, and the value of `$tb` that hides a deleted stream. */
export const deletedStream = 2n ** 63n - 1n;

type StreamState = { readonly records: LogRecord[]; visibleFrom: number; isDeleted: boolean; isTombstoned: boolean };

const framingBytes = 90;
/** What the server writes between the events of clients, and never shows: epochs, index terms. */
const hiddenRecordBytes = 137;
const recordsBetweenHidden = 7;
const text = (value: string): Uint8Array => Buffer.from(value, 'utf8');

/** The transaction log of a server, in memory: positions are byte offsets, and have holes. */
export class TransactionLog {
  readonly records: LogRecord[] = [];
  private readonly streams = new Map<string, StreamState>();
  private readonly committed = new Map<string, { readonly stream: string; readonly revision: number }>();
  private readonly waiting = new Set<() => void>();
  private writePosition = hiddenRecordBytes;

  constructor(private readonly now: () => number = Date.now) {
    // A new server has events of its own.
    for (const user of ['admin', 'ops']) this.writeSystem(`$user-${user}`, '$UserCreated', { LoginName: user });
    this.writeSystem('$$$settings', '$metadata', { $acl: { $r: ['$admins'] } });
  }

  write(stream: string, expected: Expected, events: readonly Proposed[]): CommitDecision {
    const decision = checkCommit(
      stream,
      expected,
      events.map(({ id }) => id),
      this,
    );
    if (decision.kind !== 'new') return decision;
    const state = this.stateOf(stream);
    if (state.isDeleted) this.show(stream, state);
    const written = events.map((event) => this.add(stream, event));
    const last = written.at(-1);
    for (const wake of this.waiting) wake();
    return { kind: 'new', revision: last?.revision ?? -1, position: last?.position ?? -1 };
  }

  /** Hides all events of a stream (`soft`), or ends it for good. */
  delete(stream: string, expected: Expected, how: 'soft' | 'tombstone'): CommitDecision {
    const decision = checkCommit(stream, expected, [], this);
    if (decision.kind !== 'new') return decision;
    const state = this.stateOf(stream);
    let record: LogRecord;
    if (how === 'soft') {
      record = this.writeSystem(`$$${stream}`, '$metadata', { $tb: deletedStream });
      [state.isDeleted, state.visibleFrom] = [true, state.records.length];
    } else {
      const event = {
        id: crypto.randomUUID(),
        type: '$streamDeleted',
        isJson: false,
        data: text(''),
        metadata: text(''),
      };
      record = this.add(stream, event);
      state.isTombstoned = true;
    }
    for (const wake of this.waiting) wake();
    return { kind: 'new', revision: record.revision, position: record.position };
  }

  /** The events of a stream that a client may see; undefined if there is no such stream. */
  streamRecords(stream: string): readonly LogRecord[] | 'tombstoned' | undefined {
    const state = this.streams.get(stream);
    if (!state || state.isDeleted) return undefined;
    return state.isTombstoned ? 'tombstoned' : state.records.slice(state.visibleFrom);
  }

  headOf(stream: string): number | 'tombstoned' {
    const state = this.streams.get(stream);
    return state?.isTombstoned ? 'tombstoned' : (state?.records.length ?? 0) - 1;
  }

  isSoftDeleted(stream: string): boolean {
    return this.streams.get(stream)?.isDeleted ?? false;
  }

  at(stream: string, revision: number): LogRecord | undefined {
    return this.streams.get(stream)?.records[revision];
  }

  committedAs(id: string): { readonly stream: string; readonly revision: number } | undefined {
    return this.committed.get(id);
  }

  /** Index of the first record at or after a position. @throws {InvalidPosition} */
  indexFrom({ commit, prepare }: AllPosition): number {
    this.assertBoundary(commit);
    return this.firstIndex(({ position }) => position > commit || (position === commit && prepare <= commit));
  }

  /** How many records lie wholly before a position. @throws {InvalidPosition} */
  countBefore({ commit, prepare }: AllPosition): number {
    this.assertBoundary(commit);
    return this.firstIndex(({ end }) => end > commit || (end === commit && prepare < commit));
  }

  /** Resolves when there are more records than `count`, or the signal is aborted. */
  moreThan(count: number, signal: AbortSignal): Promise<void> {
    if (this.records.length > count || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  private assertBoundary(commit: number): void {
    if (commit === 0 || commit >= this.writePosition) return;
    const index = this.firstIndex(({ position }) => position >= commit);
    if (this.records[index]?.position !== commit && this.records[index - 1]?.end !== commit)
      throw new InvalidPosition();
  }

  private firstIndex(holds: (record: LogRecord) => boolean): number {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.records[middle] as LogRecord)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** A write to a deleted stream shows it again, with the new events only. */
  private show(stream: string, state: StreamState): void {
    this.writeSystem(`$$${stream}`, '$metadata', { $tb: state.records.length });
    [state.isDeleted, state.visibleFrom] = [false, state.records.length];
  }

  private writeSystem(stream: string, type: string, data: object): LogRecord {
    const json = JSON.stringify(data, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
    return this.add(stream, { id: crypto.randomUUID(), type, isJson: true, data: text(json), metadata: text('') });
  }

  private add(stream: string, event: Proposed): LogRecord {
    const state = this.stateOf(stream);
    if (this.records.length % recordsBetweenHidden === 0) this.writePosition += hiddenRecordBytes;
    const position = this.writePosition;
    const bytes =
      framingBytes + text(stream).length + text(event.type).length + event.data.length + event.metadata.length;
    const end = position + bytes;
    const record = { ...event, stream, revision: state.records.length, position, end, created: this.now() };
    state.records.push(record);
    this.records.push(record);
    this.committed.set(event.id, { stream, revision: record.revision });
    this.writePosition = end;
    return record;
  }

  private stateOf(stream: string): StreamState {
    const state = this.streams.get(stream) ?? { records: [], visibleFrom: 0, isDeleted: false, isTombstoned: false };
    this.streams.set(stream, state);
    return state;
  }
}
