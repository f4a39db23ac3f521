import { RevisionConflict } from '../errors.js';
import type { Appended, ExpectedRevision, StoredEvent, StreamAppend } from '../port.js';
import type { SerializedAppend, SerializedEvent } from '../serialize.js';
import { storedAt } from './append-answer.js';
import type { AppendCall } from './append-call.js';
import { storeError } from './errors.js';
import { toWireEvent } from './events.js';
import type { Limits } from './limits.js';
import type { Names } from './names.js';
import { Persistence } from './persistence.js';

/** An expected revision that the server settles alone, also when the append is repeated. */
type Exact = number | 'no_stream';

/** An append, and the same after it was checked. */
type Work = { readonly append: StreamAppend; readonly serialized: SerializedAppend };

/** What earlier appends an append must wait for: that they were sent, and those to its stream that they were answered. */
type Earlier = { readonly sent: Promise<void>; readonly ofStream: Promise<void> };

/**
 * Appends, which reach the server in the order of the calls. An append whose answer was lost is repeated with the same ids: the server then
 * gives the answer of the first time. It can do that only where the revision is known. So `any` and `stream_exists` cost a read of the
 * stream, which tells whether the events are there already, and are appended at the revision found.
 */
export class Appender {
  private sent: Promise<void> = Promise.resolve();
  private readonly ofStream = new Map<string, Promise<void>>();
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly call: AppendCall,
    private readonly names: Names,
    private readonly limits: Limits,
    private readonly readStream: (stream: string) => AsyncIterable<StoredEvent>,
  ) {}

  /** `serialized` is the append after it was checked. */
  append(append: StreamAppend, serialized: SerializedAppend): Promise<Appended> {
    const { stream } = append;
    const earlier = { sent: this.sent, ofStream: this.ofStream.get(stream) ?? Promise.resolve() };
    let handOver = (): void => {};
    const handedOver = new Promise<void>((resolve) => (handOver = resolve));
    this.sent = earlier.sent.then(() => handedOver); // one that fails early must not let later ones overtake earlier ones
    const work = this.run({ append, serialized }, earlier, handOver).finally(handOver);
    const settled: Promise<void> = work.then(
      () => this.forget(stream, settled),
      () => this.forget(stream, settled),
    );
    this.ofStream.set(stream, settled);
    this.pending.add(settled);
    return work;
  }

  /** Resolves when all appends so far are answered. */
  async drain(): Promise<void> {
    await Promise.all(this.pending);
  }

  private forget(stream: string, settled: Promise<void>): void {
    this.pending.delete(settled);
    if (this.ofStream.get(stream) === settled) this.ofStream.delete(stream);
  }

  private async run(work: Work, earlier: Earlier, handOver: () => void): Promise<Appended> {
    const { expected } = work.append;
    if (isExact(expected)) {
      await earlier.sent;
      return this.write(work, expected, handOver);
    }
    await earlier.ofStream;
    let refused: { readonly at: Exact; readonly actual: Exact } | undefined;
    for (;;) {
      const found = await this.lookUp(work, expected);
      await earlier.sent;
      if (typeof found === 'object') return found;
      // The same place again: the stream ends with events that are no events of ours.
      const at = found === refused?.at ? refused.actual : found;
      try {
        return await this.write(work, at, handOver);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
        refused = { at: found, actual: error.actual }; // another process was quicker, if nothing else: look again
      }
    }
  }

  /** The revision to append at, or the answer of the first time. @throws {RevisionConflict} */
  private async lookUp(
    { append: { stream }, serialized }: Work,
    expected: Exclude<ExpectedRevision, Exact>,
  ): Promise<Exact | Appended> {
    const ids = serialized.events.map(([id]) => id);
    const stored: StoredEvent[] = [];
    for await (const event of this.readStream(stream)) stored.push(event);
    const head = stored.at(-1)?.revision;
    const conflict = new RevisionConflict(stream, expected, head ?? 'no_stream');
    if (expected === 'stream_exists' && head === undefined) throw conflict;
    const first = stored.findIndex(({ id }) => id === ids[0]);
    const again = stored.slice(first, first + ids.length);
    if (first >= 0 && ids.every((id, index) => again[index]?.id === id)) {
      const { revision, position } = again.at(-1) as StoredEvent;
      return { revision, position };
    }
    if (stored.some(({ id }) => ids.includes(id))) throw conflict;
    return head ?? 'no_stream';
  }

  private async write({ append, serialized }: Work, expected: Exact, handOver: () => void): Promise<Appended> {
    const persistence = new Persistence(this.limits, neverAborted);
    const events = append.events.map((event, index) => toWireEvent(event, serialized.events[index] as SerializedEvent));
    const request = { stream: this.names.onServer(append.stream), expected, events };
    for (;;) {
      try {
        const { revision, position } = storedAt(await this.call.append(request, handOver), append);
        return { revision, position: position ?? (await this.positionOf(append.stream, revision)) };
      } catch (error) {
        handOver(); // those behind it make their own attempts
        await persistence.failed(error).catch((final: unknown) => {
          throw storeError(final);
        });
      }
    }
  }

  /** Servers before 24.2 do not tell where a repeated append was stored. */
  private async positionOf(stream: string, revision: number): Promise<number> {
    for await (const event of this.readStream(stream)) if (event.revision === revision) return event.position;
    return 0;
  }
}

/** Accepted appends are finished also while the store is being closed. */
const neverAborted = new AbortController().signal;

const isExact = (expected: ExpectedRevision): expected is Exact =>
  typeof expected === 'number' || expected === 'no_stream';
