import { randomUUID } from 'node:crypto';
import type mongoose from 'mongoose';
import { OperatorError } from '#lib/operator-error';
import { pause } from '#lib/async';
import type { Mongo } from './connection.js';
import { isDuplicateKey } from './errors.js';
import { hasEnded, here, type Here } from './processes.js';

/** Another process, or another part of this one, has it. */
export class OwnedElsewhere extends OperatorError {
  override readonly name = 'OwnedElsewhere';
}

/** What one process at a time may have in a database. */
export type Ownership = {
  /** Resolves while nobody else can have it. @throws {OwnedElsewhere} @throws the driver's error while that cannot be told. */
  assertHeld(): Promise<void>;
  /** Others may have it from then on. May be called twice. */
  release(): Promise<void>;
};

/** An owner shows at these intervals that it lives. */
export const beatIntervalMs = 2000;
/** One that has not shown it for so long has ended: another one takes its place. */
export const leaseMs = 10_000;
export const watchIntervalMs = 250;

type Owner = Here & { readonly _id: string; readonly by: string; readonly beat: number };
type Owners = mongoose.mongo.Collection<Owner>;

const ownersIn = (mongo: Mongo): Owners => mongo.db.collection<Owner>('owners');

/**
 * Takes something for the caller alone. Waits for an owner that gives no sign of life, and counts that time by its own clock: clocks of
 * two machines are never compared. With `as`, one that a former part of this process left behind under the same name is taken at once.
 * @throws {OwnedElsewhere} its owner lives.
 */
export const own = async (mongo: Mongo, what: string, as: string = randomUUID()): Promise<Ownership> => {
  const owners = ownersIn(mongo);
  const mine = { by: as, ...here() };
  let seen: Owner | undefined;
  let seenAt = 0;
  for (;;) {
    const takenAt = performance.now();
    const owner = await owners.findOne({ _id: what });
    if (!owner) {
      if (await inserted(owners, { _id: what, beat: 0, ...mine })) return new Held(owners, what, as, takenAt);
      continue;
    }
    const isSilent = seen?.by === owner.by && seen.beat === owner.beat;
    if (seen && !isSilent) throw inUse(what);
    if (!seen) [seen, seenAt] = [owner, performance.now()];
    if (owner.by === as || hasEnded(owner) || performance.now() - seenAt > leaseMs) {
      const filter = { _id: what, by: owner.by, beat: owner.beat };
      const { matchedCount } = await owners.replaceOne(filter, { beat: owner.beat + 1, ...mine });
      if (matchedCount === 1) return new Held(owners, what, as, takenAt);
    }
    await pause(watchIntervalMs);
  }
};

const inUse = (what: string): OwnedElsewhere =>
  new OwnedElsewhere(`The ${what} in the database of MONGODB_URI are in use by another process`);

const inserted = async (owners: Owners, owner: Owner): Promise<boolean> => {
  try {
    await owners.insertOne(owner);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
};

class Held implements Ownership {
  private isLost = false;
  private releasing: Promise<void> | undefined;
  private readonly beating: NodeJS.Timeout;

  constructor(
    private readonly owners: Owners,
    private readonly what: string,
    private readonly by: string,
    private heldAt: number,
  ) {
    this.beating = setInterval(() => void this.renew().catch(() => {}), beatIntervalMs).unref(); // calls meet the failure
  }

  async assertHeld(): Promise<void> {
    if (performance.now() - this.heldAt > leaseMs) await this.renew();
    if (this.isLost) throw inUse(this.what);
  }

  release(): Promise<void> {
    clearInterval(this.beating);
    return (this.releasing ??= this.end());
  }

  private async end(): Promise<void> {
    // Where the server is away, the next owner waits until this one is silent.
    await this.owners.deleteOne({ _id: this.what, by: this.by }).catch(() => {});
  }

  private async renew(): Promise<void> {
    if (this.isLost || this.releasing) return;
    const begunAt = performance.now();
    const { matchedCount } = await this.owners.updateOne({ _id: this.what, by: this.by }, { $inc: { beat: 1 } });
    if (matchedCount === 1) this.heldAt = begunAt;
    else this.isLost = true;
  }
}
