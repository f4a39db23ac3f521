import type { Database, Statement } from '#lib/sqlite';
import type { Arrival, CredentialEntry, Survives } from '../port.js';

/** What one write changes; no entries (null) where the session is to be removed. */
export type Change = {
  readonly session: string;
  readonly entries: readonly CredentialEntry[] | null;
  readonly arrivals: readonly Arrival[];
};

/** The only writer of the file. */
export class CredentialsWriter {
  private readonly put: Statement<[string, string, string, Uint8Array]>;
  private readonly drop: Statement<[string, string, string]>;
  private readonly putArrival: Statement<[string, number, Uint8Array]>;
  private readonly dropArrival: Statement<[string, number]>;
  private readonly dropSession: readonly Statement<[string]>[];
  private survives: Survives | undefined;

  constructor(private readonly db: Database) {
    this.put = db.prepare('INSERT OR REPLACE INTO credentials (session, type, id, value) VALUES (?, ?, ?, ?)');
    this.drop = db.prepare('DELETE FROM credentials WHERE session = ? AND type = ? AND id = ?');
    this.putArrival = db.prepare('INSERT OR REPLACE INTO arrivals (session, number, value) VALUES (?, ?, ?)');
    this.dropArrival = db.prepare('DELETE FROM arrivals WHERE session = ? AND number = ?');
    this.dropSession = ['credentials', 'arrivals'].map((table) => db.prepare(`DELETE FROM ${table} WHERE session = ?`));
  }

  /** All or none. What was committed before lies in front of it in the same log, so that syncing this one syncs them all. */
  commit(changes: readonly Change[], survives: Survives): void {
    if (this.survives !== survives) {
      this.db.pragma(`synchronous = ${survives === 'power_cut' ? 'FULL' : 'NORMAL'}`);
      this.survives = survives;
    }
    this.db.transaction(() => changes.forEach((change) => this.make(change))).immediate();
  }

  close(): void {
    this.db.close();
  }

  private make({ session, entries, arrivals }: Change): void {
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
