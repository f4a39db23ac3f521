import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { isDuplicateKey, OwnedElsewhere, type Mongo } from '#lib/mongo';

/** A value to store, or to remove where it is null; a null type stands for all of a session. */
export type LoggedChange =
  | { readonly session: string; readonly type: string; readonly id: string; readonly value: Uint8Array | null }
  | { readonly session: string; readonly type: null };

/** What was written at once. */
export type Step = { readonly sequence: number; readonly changes: readonly LoggedChange[] };

type StoredChange = {
  readonly session: string;
  readonly type: string | null;
  readonly id?: string;
  readonly value?: mongoose.mongo.Binary | null;
};
type StoredStep = {
  /** Its place in the log. */
  readonly _id: number;
  readonly writer: string;
  /** Differs for each attempt at a step that was given up. */
  readonly attempt: string;
  /** Whether it is the first of its writer. It stays for good: its number is the next one of the writer before. */
  readonly isFirst: boolean;
  readonly changes: readonly StoredChange[];
};
/** Beside the steps, at 0: up to which one they are in the rows. */
type Head = { readonly _id: number; readonly applied: number };

export const logCollection = 'credentials.log';
const headId = 0;
const maxReadAttempts = 20;

/**
 * What was written, in order: a step is one document, so that it is there as a whole or not at all, with or without transactions, and
 * storing it is one command. No two steps have the same number: a writer that was replaced meanwhile finds its next number taken, and can
 * write no more.
 */
export class CredentialLog {
  private readonly writer = randomUUID();
  private readonly steps: mongoose.mongo.Collection<StoredStep>;
  private readonly heads: mongoose.mongo.Collection<Head>;
  private next = 1;

  constructor({ db }: Mongo) {
    this.steps = db.collection<StoredStep>(logCollection);
    this.heads = db.collection<Head>(logCollection);
  }

  /** Keeps all former writers from writing, and answers the steps that are not in the rows. */
  async takeOver(): Promise<readonly Step[]> {
    for (;;) {
      const steps = await this.unapplied();
      try {
        await this.steps.insertOne({ ...this.stored(this.next, []), isFirst: true });
        this.next += 1;
        return steps;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error; // otherwise a former writer was faster
      }
    }
  }

  /** Durable once it resolves. Where it rejects, the step will not be there, unless this writer writes no more. */
  async append(changes: readonly LoggedChange[]): Promise<Step> {
    const step = this.stored(this.next, changes);
    for (;;) {
      try {
        await this.steps.insertOne(step);
        break;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        if (await this.isThere(step)) break;
      }
    }
    this.next += 1;
    return { sequence: step._id, changes };
  }

  /** All steps up to here are in the rows. */
  async trim(sequence: number): Promise<void> {
    const filter = { _id: headId, applied: { $lt: sequence } };
    try {
      await this.heads.replaceOne(filter, { applied: sequence }, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error; // otherwise it has come further
    }
    await this.steps.deleteMany({ _id: { $gt: headId, $lte: sequence }, isFirst: false });
  }

  get last(): number {
    return this.next - 1;
  }

  /** Whether the step is stored, its answer was only lost. What is in its place of an attempt that was given up is removed. */
  private async isThere({ _id, attempt }: StoredStep): Promise<boolean> {
    const found = await this.steps.findOne({ _id });
    if (found?.attempt === attempt) return true;
    if (found && found.writer !== this.writer)
      throw new OwnedElsewhere('The credentials in the database of MONGODB_URI were taken over by another process');
    if (found) await this.steps.deleteOne({ _id, attempt: found.attempt });
    return false;
  }

  /** The steps that are not in the rows, read beside the process that writes them. What it puts into the rows from then on is there. */
  async beside(): Promise<readonly Step[]> {
    for (let attempt = 1; ; attempt += 1) {
      const { steps, missing } = await this.found();
      if (missing === undefined) return steps;
      // They were put into the rows and trimmed while they were read.
      if (attempt === maxReadAttempts) throw new Error(`Step ${missing} of the credentials is missing`);
    }
  }

  private async unapplied(): Promise<readonly Step[]> {
    const { steps, applied, missing } = await this.found();
    if (missing !== undefined) throw new Error(`Step ${missing} of the credentials is missing`);
    this.next = applied + steps.length + 1;
    return steps;
  }

  /** `missing`: the first number that is left out. */
  private async found(): Promise<{
    readonly steps: readonly Step[];
    readonly applied: number;
    readonly missing?: number;
  }> {
    const applied = (await this.heads.findOne({ _id: headId }))?.applied ?? headId;
    const stored = await this.steps
      .find({ _id: { $gt: applied } })
      .sort({ _id: 1 })
      .toArray();
    const steps = stored.map(({ _id, changes }) => ({ sequence: _id, changes: changes.map(fromStored) }));
    const gap = stored.findIndex(({ _id }, index) => _id !== applied + 1 + index);
    return { steps, applied, ...(gap !== -1 && { missing: applied + 1 + gap }) };
  }

  private stored(sequence: number, changes: readonly LoggedChange[]): StoredStep {
    return {
      _id: sequence,
      writer: this.writer,
      attempt: randomUUID(),
      isFirst: false,
      changes: changes.map(toStored),
    };
  }
}

const toStored = (change: LoggedChange): StoredChange => {
  if (change.type === null) return change;
  const { value, ...name } = change;
  return { ...name, value: value && new mongoose.mongo.Binary(value) };
};

const fromStored = ({ session, type, id = '', value }: StoredChange): LoggedChange =>
  type === null ? { session, type } : { session, type, id, value: value ? Buffer.from(value.buffer) : null };
