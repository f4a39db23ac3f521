import type { Document } from 'bson';
import { Long } from 'bson';
import { MongoProblem } from './problem.js';

const defaultFirstBatch = 101;

type Open = { readonly namespace: string; rest: readonly Document[] };

/** Results that are fetched batch by batch. */
export class Cursors {
  private readonly open = new Map<string, Open>();
  private last = 0;

  first(namespace: string, documents: readonly Document[], batchSize: number | undefined, isSingle = false): Document {
    const size = batchSize ?? defaultFirstBatch;
    const [firstBatch, rest] = [documents.slice(0, size), documents.slice(size)];
    const id = rest.length === 0 || isSingle ? Long.ZERO : Long.fromNumber((this.last += 1));
    if (!id.isZero()) this.open.set(id.toString(), { namespace, rest });
    return { cursor: { firstBatch, id, ns: namespace } };
  }

  /** @throws {MongoProblem} `CursorNotFound` */
  next(id: unknown, batchSize: number | undefined): Document {
    const name = String(id);
    const cursor = this.open.get(name);
    if (!cursor) throw new MongoProblem(43, 'CursorNotFound', `cursor id ${name} not found`);
    const size = batchSize ?? cursor.rest.length;
    const nextBatch = cursor.rest.slice(0, size);
    cursor.rest = cursor.rest.slice(size);
    if (cursor.rest.length === 0) this.open.delete(name);
    return {
      cursor: { nextBatch, id: cursor.rest.length === 0 ? Long.ZERO : Long.fromString(name), ns: cursor.namespace },
    };
  }

  kill(ids: readonly unknown[]): Document {
    const killed = ids.filter((id) => this.open.delete(String(id)));
    const cursorsNotFound = ids.filter((id) => !killed.includes(id));
    return { cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
  }
}
