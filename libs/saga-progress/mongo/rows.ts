import type mongoose from 'mongoose';
import type { Mongo } from '#lib/mongo';
import type { Parked } from '#lib/read-models';
import type { ProgressRecord, StoredProgress } from '../port.js';

/** What becomes of the parked event at a position: null if it is parked no more. */
type Change = { readonly position: number; readonly parked: Parked | null };

type ProgressRow = {
  readonly _id: string;
  readonly checkpoint: number;
  /** Stored in one step with the checkpoint, and then made in the rows of the parked events. */
  readonly pending?: readonly Change[];
};
type ParkedRow = {
  readonly _id: string;
  readonly saga: string;
  readonly position: number;
  readonly parked: Parked;
};

const names = { progress: 'sagas', parked: 'sagas.parked' } as const;

/** Where the progress of sagas is. */
export const sagaCollections: readonly string[] = Object.values(names);

const parkedId = (saga: string, position: number): string => `${saga} ${position}`;

/** A document for each saga, and one for each parked event, of which there may be many. Needs no transactions. */
export class ProgressRows {
  private readonly progress: mongoose.mongo.Collection<ProgressRow>;
  private readonly parked: mongoose.mongo.Collection<ParkedRow>;

  constructor(private readonly mongo: Mongo) {
    this.progress = mongo.db.collection<ProgressRow>(names.progress);
    this.parked = mongo.db.collection<ParkedRow>(names.parked);
  }

  async prepare(): Promise<void> {
    await this.mongo.indexes.add(names.parked, [{ saga: 1, position: 1 }]);
  }

  async load(saga: string): Promise<StoredProgress> {
    const row = await this.progress.findOne({ _id: saga });
    const rows = await this.parked.find({ saga }).sort({ position: 1 }).toArray();
    const parked = new Map<number, Parked | null>(rows.map(({ position, parked }) => [position, parked]));
    for (const change of row?.pending ?? []) parked.set(change.position, change.parked);
    const left = [...parked.values()].filter((one) => one !== null);
    return { checkpoint: row?.checkpoint, parked: left.toSorted((a, b) => a.position - b.position) };
  }

  /** Records all, in order; those of each saga in one step. */
  async commit(records: readonly ProgressRecord[]): Promise<void> {
    const parking = records.filter(({ park, unpark }) => park?.length || unpark?.length);
    const sagas = [...new Set(parking.map(({ saga }) => saga))];
    const changes = sagas.length > 0 ? await this.changesOf(sagas, records) : new Map<string, readonly Change[]>();
    const highest = new Map<string, number>();
    for (const { saga, checkpoint } of records) highest.set(saga, Math.max(checkpoint, highest.get(saga) ?? 0));
    const writes = [...highest].map(([_id, checkpoint]) => {
      const pending = changes.get(_id);
      const update = { $max: { checkpoint }, ...(pending && { $set: { pending } }) };
      return { updateOne: { filter: { _id }, update, upsert: true } };
    });
    await this.progress.bulkWrite(writes, { ordered: false });
    await this.make(changes);
  }

  async probe(): Promise<void> {
    const probe = this.mongo.db.collection<{ _id: string }>('probe');
    await probe.updateOne({ _id: 'sagas' }, { $inc: { tries: 1 } }, { upsert: true });
  }

  /** What the records change of the parked events of these sagas. What is pending of earlier ones is made before that. */
  private async changesOf(
    sagas: readonly string[],
    records: readonly ProgressRecord[],
  ): Promise<ReadonlyMap<string, readonly Change[]>> {
    const rows = await this.progress.find({ _id: { $in: sagas } }).toArray();
    await this.make(new Map(rows.flatMap(({ _id, pending }) => (pending ? [[_id, pending] as const] : []))));
    const ids = records.flatMap(({ saga, park = [] }) => park.map(({ position }) => parkedId(saga, position)));
    const known = await this.parked.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
    const stored = new Set(known.map(({ _id }) => _id));
    return new Map(
      sagas.map((saga) => {
        const checkpoint = rows.find(({ _id }) => _id === saga)?.checkpoint;
        const own = records.filter((record) => record.saga === saga);
        return [saga, changesAfter(own, checkpoint, (position) => stored.has(parkedId(saga, position)))];
      }),
    );
  }

  private async make(changes: ReadonlyMap<string, readonly Change[]>): Promise<void> {
    const writes = [...changes].flatMap(([saga, own]) =>
      own.map(({ position, parked }) => {
        const filter = { _id: parkedId(saga, position) };
        if (!parked) return { deleteOne: { filter } };
        return { replaceOne: { filter, replacement: { saga, position, parked }, upsert: true } };
      }),
    );
    if (writes.length > 0) await this.parked.bulkWrite(writes, { ordered: false });
    if (changes.size > 0)
      await this.progress.updateMany({ _id: { $in: [...changes.keys()] } }, { $unset: { pending: '' } });
  }
}

const changesAfter = (
  records: readonly ProgressRecord[],
  checkpoint: number | undefined,
  isStored: (position: number) => boolean,
): readonly Change[] => {
  const changes = new Map<number, Parked | null>();
  let done = checkpoint ?? -1;
  const isParked = (position: number): boolean =>
    changes.has(position) ? changes.get(position) !== null : isStored(position);
  for (const { checkpoint: reached, park = [], unpark = [] } of records) {
    for (const parked of park) {
      if (parked.position > done || isParked(parked.position)) changes.set(parked.position, parked);
    }
    for (const position of unpark) changes.set(position, null);
    done = Math.max(done, reached);
  }
  return [...changes].map(([position, parked]) => ({ position, parked }));
};
