import mongoose from 'mongoose';
import type { Mongo } from '#lib/mongo';
import { isDuplicateKey } from '#lib/mongo';
import type { Unapplied } from './unapplied.js';

/** A value of a session, as it is in the database. `sequence` is that of the step of the log that wrote it. */
export type Row = {
  readonly _id: string;
  readonly session: string;
  readonly type: string;
  readonly id: string;
  readonly value: mongoose.mongo.Binary;
  readonly sequence: number;
};

export const credentialsCollection = 'credentials';

/** A document for each value. They may be older than the log, and become newer only through it. */
export class CredentialRows {
  private readonly rows: mongoose.mongo.Collection<Row>;

  constructor(private readonly mongo: Mongo) {
    this.rows = mongo.db.collection<Row>(credentialsCollection);
  }

  /** Only the owner uses them, so that the indexes of other versions can go at once. */
  async prepare(): Promise<void> {
    const { indexes } = this.mongo;
    await indexes.add(credentialsCollection, [{ session: 1, type: 1 }, { type: 1 }]);
    await indexes.dropOthers([credentialsCollection]);
  }

  async read(session: string, type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const rows = await this.rows.find({ _id: { $in: ids.map((id) => keyOf(session, type, id)) } }).toArray();
    return new Map(rows.map(({ id, value }) => [id, bytesOf(value)]));
  }

  async all(session: string, type: string): Promise<ReadonlyMap<string, Uint8Array>> {
    const rows = await this.rows.find({ session, type }).toArray();
    return new Map(rows.map(({ id, value }) => [id, bytesOf(value)]));
  }

  async sessionsWith(type: string): Promise<readonly string[]> {
    const rows = await this.rows.find({ type }, { projection: { _id: 0, session: 1 } }).toArray();
    return rows.map(({ session }) => session);
  }

  /** Makes changes of the log in the rows. Done twice, or by an owner that was replaced, it leaves newer rows as they are. */
  async apply({ removals, values }: ReturnType<Unapplied['changes']>): Promise<void> {
    for (const { session, sequence } of removals) await this.rows.deleteMany({ session, sequence: { $lte: sequence } });
    const writes = values.map(({ session, type, id, value, sequence }) => {
      const _id = keyOf(session, type, id);
      if (value === null) return { deleteOne: { filter: { _id, sequence: { $lte: sequence } } } };
      const replacement = { session, type, id, value: new mongoose.mongo.Binary(value), sequence };
      return { replaceOne: { filter: { _id, sequence: { $lt: sequence } }, replacement, upsert: true } };
    });
    if (writes.length === 0) return;
    try {
      await this.rows.bulkWrite(writes, { ordered: false });
    } catch (error) {
      if (!isOnlyNewer(error)) throw error;
    }
  }
}

/** Whether all that failed is what is there already, in a newer version. */
const isOnlyNewer = (error: unknown): boolean =>
  error instanceof mongoose.mongo.MongoBulkWriteError &&
  error.result.getWriteConcernError() === undefined &&
  [error.writeErrors].flat().length > 0 &&
  [error.writeErrors].flat().every((one) => isDuplicateKey(one));

export const keyOf = (session: string, type: string, id: string): string => JSON.stringify([session, type, id]);

/** A copy: what the driver gives may keep a whole answer of the server in memory. */
const bytesOf = ({ buffer }: mongoose.mongo.Binary): Uint8Array => Buffer.from(buffer);
