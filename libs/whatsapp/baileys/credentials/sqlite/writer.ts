import type { Database, Statement } from '#lib/sqlite';
import type { CredentialsChange } from '../change.js';
import type { Durability } from '../port.js';

/** The only writer of the file. */
export class CredentialsWriter {
  private readonly put: Statement<[string, string, string, Uint8Array]>;
  private readonly drop: Statement<[string, string, string]>;
  private readonly putArrival: Statement<[string, number, Uint8Array]>;
  private readonly dropArrival: Statement<[string, number]>;
  private readonly dropSession: readonly Statement<[string]>[];
  private durability: Durability | undefined;

  constructor(private readonly db: Database) {
    this.put = db.prepare('INSERT OR REPLACE INTO credentials (session, type, id, value) VALUES (?, ?, ?, ?)');
    this.drop = db.prepare('DELETE FROM credentials WHERE session = ? AND type = ? AND id = ?');
    this.putArrival = db.prepare('INSERT OR REPLACE INTO arrivals (session, number, value) VALUES (?, ?, ?)');
    this.dropArrival = db.prepare('DELETE FROM arrivals WHERE session = ? AND number = ?');
    this.dropSession = ['credentials', 'arrivals'].map((table) => db.prepare(`DELETE FROM ${table} WHERE session = ?`));
  }

  /** Atomic. Earlier commits precede it in the same log, so that syncing it syncs them as well. */
  commit(changes: readonly CredentialsChange[], durability: Durability): void {
    if (this.durability !== durability) {
      this.db.pragma(`synchronous = ${durability === 'power_cut' ? 'FULL' : 'NORMAL'}`);
      this.durability = durability;
    }
    this.db.transaction(() => changes.forEach((change) => this.apply(change))).immediate();
  }

  close(): void {
    this.db.close();
  }

  private apply({ session, entries, arrivals }: CredentialsChange): void {
    if (entries === null) this.dropSession.forEach((each) => each.run(session));
    else
      entries.forEach(({ type, id, value }) =>
        value === null ? this.drop.run(session, type, id) : this.put.run(session, type, id, value),
      );
    for (const { number, value } of arrivals) {
      if (value === null) this.dropArrival.run(session, number);
      else this.putArrival.run(session, number, value);
    }
  }
}
