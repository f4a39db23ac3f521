import { randomInt } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey, type Mongo } from '#lib/mongo';

export type SecretRow = {
  readonly _id: string;
  readonly kind: string;
  readonly id: string;
  readonly sealed: mongoose.mongo.Binary;
  readonly revision: number;
  readonly expiresAt: Date | null;
};
type NewSecret = Pick<SecretRow, 'kind' | 'id' | 'expiresAt'> & { readonly sealed: Uint8Array };

/** Where the secrets are. */
export const secretsCollection = 'secrets';

/** Revisions only have to differ; they are drawn, since counting them would be one more round trip. */
const newRevision = (): number => randomInt(1, 2 ** 48 - 1);

/**
 * A document for each secret; each call is one command on one document, so that nothing can be done in part. What has expired is removed by
 * a sweep, as on SQLite: a TTL index follows the server's clock, while everything else here follows the service's.
 */
export class SecretRows {
  private readonly rows: mongoose.mongo.Collection<SecretRow>;

  constructor(private readonly mongo: Mongo) {
    this.rows = mongo.db.collection<SecretRow>(secretsCollection);
  }

  async prepare(): Promise<void> {
    await this.mongo.indexes.add(secretsCollection, [{ kind: 1 }, { expiresAt: 1 }]);
  }

  async put(secret: NewSecret): Promise<void> {
    const row = rowOf(secret);
    await this.rows.replaceOne({ _id: row._id }, row, { upsert: true });
  }

  /** Whether there was none that is still valid. */
  async add(secret: NewSecret, now: number): Promise<boolean> {
    const row = rowOf(secret);
    try {
      await this.rows.replaceOne({ _id: row._id, expiresAt: { $lte: new Date(now) } }, row, { upsert: true });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async replace(secret: NewSecret, revision: number, now: number): Promise<boolean> {
    const row = rowOf(secret);
    const { matchedCount } = await this.rows.replaceOne({ _id: row._id, revision, ...valid(now) }, row);
    return matchedCount === 1;
  }

  async get(kind: string, id: string, now: number): Promise<SecretRow | undefined> {
    return (await this.rows.findOne({ _id: keyOf(kind, id), ...valid(now) })) ?? undefined;
  }

  async take(kind: string, id: string, now: number): Promise<SecretRow | undefined> {
    const row = await this.rows.findOneAndDelete({ _id: keyOf(kind, id) });
    return row && (row.expiresAt === null || row.expiresAt.getTime() > now) ? row : undefined;
  }

  list(kind: string, now: number): Promise<readonly Pick<SecretRow, 'id' | 'expiresAt'>[]> {
    return this.rows.find({ kind, ...valid(now) }, { projection: { _id: 0, id: 1, expiresAt: 1 } }).toArray();
  }

  async sweep(now: number): Promise<{ readonly [kind: string]: number }> {
    const expired = { expiresAt: { $lte: new Date(now) } };
    const removed: { [kind: string]: number } = {};
    const kinds = this.rows.aggregate<{ readonly _id: string }>([{ $match: expired }, { $group: { _id: '$kind' } }]);
    for (const { _id: kind } of await kinds.toArray()) {
      removed[kind] = (await this.rows.deleteMany({ kind, ...expired })).deletedCount;
    }
    return removed;
  }
}

const keyOf = (kind: string, id: string): string => JSON.stringify([kind, id]);

const valid = (now: number) => ({ $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date(now) } }] });

export const rowOf = ({ kind, id, sealed, expiresAt }: NewSecret): SecretRow => ({
  _id: keyOf(kind, id),
  kind,
  id,
  sealed: new mongoose.mongo.Binary(sealed),
  revision: newRevision(),
  expiresAt,
});
