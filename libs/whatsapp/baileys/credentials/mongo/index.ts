import { mongoProblem, own, OwnedElsewhere, type Mongo, type Ownership } from '#lib/mongo';
import { CredentialsUnavailable } from '../../../errors.js';
import type { CredentialsChange } from '../change.js';
import { PendingWrites } from '../pending-writes.js';
import type { Arrival, CredentialEntry, CredentialStore, Durability } from '../port.js';
import { arrivalType } from '../stored-value.js';
import { WriteQueue } from '../write-queue.js';
import { CredentialLog, logCollection, type LoggedChange } from './log.js';
import { CredentialRows, credentialsCollection } from './rows.js';
import { Unapplied } from './unapplied.js';

export { readStoredValues, writeStoredValues } from './stored-values.js';

/** The rows are brought up to date after this time, or earlier where much has changed. */
const applyIntervalMs = 5000;
const maxUnapplied = { values: 2000, bytes: 4 * 1024 * 1024 };
/** A document of MongoDB has at most 16 MB. */
const maxStepBytes = 8 * 1024 * 1024;

const credsType = 'creds';

/** Where the credentials are. */
export const credentialCollections: readonly string[] = [credentialsCollection, logCollection];

/**
 * Opens credentials in a database of MongoDB. Closing them leaves the connection open. One process owns them; `as` names a part of it that
 * may take the place of a former one. A write is one document in a log, which the majority of the members has on disk when it resolves; the
 * rows that reads look at follow.
 * @throws {CredentialsUnavailable} another process has them, or the server is in trouble.
 */
export const openMongoCredentials = async (
  mongo: Mongo,
  { as }: { readonly as?: string } = {},
): Promise<CredentialStore> => {
  let ownership: Ownership | undefined;
  try {
    ownership = await own(mongo, 'credentials', as);
    const store = new MongoCredentials(mongo, ownership);
    await store.prepare();
    return store;
  } catch (error) {
    await ownership?.release();
    throw unavailable(error);
  }
};

class MongoCredentials implements CredentialStore {
  private readonly log: CredentialLog;
  private readonly rows: CredentialRows;
  private readonly unapplied = new Unapplied();
  private readonly pending = new PendingWrites();
  private readonly queue = new WriteQueue(
    (changes) => this.commit(changes),
    (change) => this.pending.remove(change),
  );
  private readonly applyTimer = setInterval(() => void this.applyInBackground(), applyIntervalMs).unref();
  private applying: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    mongo: Mongo,
    private readonly ownership: Ownership,
  ) {
    this.log = new CredentialLog(mongo);
    this.rows = new CredentialRows(mongo);
  }

  async prepare(): Promise<void> {
    try {
      await this.rows.prepare();
      for (const step of await this.log.takeOver()) this.unapplied.add(step);
      await this.apply();
    } catch (error) {
      clearInterval(this.applyTimer);
      throw error;
    }
  }

  async read(session: string, type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    this.checkOpen();
    const found = new Map<string, Uint8Array>();
    const missing: string[] = [];
    for (const id of ids) {
      const pending = this.pending.find(session, type, id);
      const value = pending === undefined ? this.unapplied.find(session, type, id) : pending;
      if (value) found.set(id, value);
      else if (value === undefined) missing.push(id);
    }
    if (missing.length === 0) return found;
    for (const [id, value] of await this.asked(() => this.rows.read(session, type, missing))) found.set(id, value);
    return found;
  }

  write(
    session: string,
    entries: readonly CredentialEntry[],
    durability: Durability,
    arrivals: readonly Arrival[] = [],
  ): Promise<void> {
    return this.push({ session, entries, arrivals }, durability);
  }

  async arrivals(session: string): Promise<readonly { readonly number: number; readonly value: Uint8Array }[]> {
    this.checkOpen();
    await this.queue.drain();
    const newer = this.unapplied.ofType(arrivalType).get(session);
    const values = new Map(newer?.isRemoved ? [] : await this.asked(() => this.rows.all(session, arrivalType)));
    for (const { id, value } of newer?.values ?? []) {
      if (value) values.set(id, value);
      else values.delete(id);
    }
    const arrivals = Array.from(values, ([id, value]) => ({ number: Number(id), value }));
    return arrivals.toSorted((a, b) => a.number - b.number);
  }

  remove(session: string): Promise<void> {
    return this.push({ session, entries: null, arrivals: [] }, 'power_cut');
  }

  async sessions(): Promise<readonly string[]> {
    this.checkOpen();
    await this.queue.drain();
    const newer = this.unapplied.ofType(credsType);
    const sessions = new Set(await this.asked(() => this.rows.sessionsWith(credsType)));
    for (const [session, { isRemoved, values }] of newer) {
      const [last] = values;
      if (last?.value) sessions.add(session);
      else if (isRemoved || last) sessions.delete(session);
    }
    return [...sessions];
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    clearInterval(this.applyTimer);
    await this.queue.drain();
    await this.applyInBackground(); // otherwise the next one does it
    await this.applying;
    await this.ownership.release();
  }

  private async push(change: CredentialsChange, durability: Durability): Promise<void> {
    this.checkOpen();
    this.pending.add(change);
    await this.asked(() => this.queue.push(change, durability));
  }

  private async commit(changes: readonly CredentialsChange[]): Promise<void> {
    await this.ownership.assertHeld();
    for (const step of stepsOf(changes)) this.unapplied.add(await this.log.append(step));
    const { values, bytes } = this.unapplied.size;
    if (values > maxUnapplied.values || bytes > maxUnapplied.bytes) void this.applyInBackground();
  }

  /** Where it fails, the next time does it: what is in the log is not lost. */
  private async applyInBackground(): Promise<void> {
    this.applying ??= this.apply()
      .catch(() => {})
      .finally(() => (this.applying = undefined));
    await this.applying;
  }

  private async apply(): Promise<void> {
    const { last } = this.log;
    const changes = this.unapplied.changes();
    if (changes.removals.length + changes.values.length === 0) return;
    await this.ownership.assertHeld();
    await this.rows.apply(changes);
    await this.log.trim(last);
    this.unapplied.forget(changes);
  }

  private async asked<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw unavailable(error);
    }
  }

  private checkOpen(): void {
    if (this.closing) throw new CredentialsUnavailable('The credentials are closed');
  }
}

/** In order, each small enough for a document. What belongs together is in one. */
const stepsOf = (changes: readonly CredentialsChange[]): readonly (readonly LoggedChange[])[] => {
  const steps: LoggedChange[][] = [];
  let bytes = Infinity;
  for (const change of changes) {
    const logged = loggedChanges(change);
    const size = logged.reduce((sum, one) => sum + (one.type === null ? 0 : (one.value?.byteLength ?? 0)) + 200, 0);
    if (bytes + size > maxStepBytes) {
      steps.push([]);
      bytes = 0;
    }
    steps.at(-1)?.push(...logged);
    bytes += size;
  }
  return steps;
};

const loggedChanges = ({ session, entries, arrivals }: CredentialsChange): readonly LoggedChange[] => [
  ...(entries === null ? [{ session, type: null }] : entries.map((entry) => ({ session, ...entry }))),
  ...arrivals.map(({ number, value }) => ({ session, type: arrivalType, id: `${number}`, value })),
];

const unavailable = (error: unknown): unknown => {
  if (error instanceof CredentialsUnavailable) return error;
  if (error instanceof OwnedElsewhere) return new CredentialsUnavailable(error.message, { cause: error });
  const problem = mongoProblem(error);
  if (problem)
    return new CredentialsUnavailable(`The credentials are unavailable: ${problem.detail}`, { cause: error });
  return error instanceof Error ? new CredentialsUnavailable(error.message, { cause: error }) : error;
};
