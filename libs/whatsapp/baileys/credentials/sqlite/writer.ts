import type { Database, Statement } from '#lib/sqlite';
import type { CredentialEntry, Survives } from '../port.js';

/** The entries of one write, or null where the session is to be removed. */
export type Change = { readonly session: string; readonly entries: readonly CredentialEntry[] | null };

/** The only writer of the file. */
export class CredentialsWriter {
  private readonly put: Statement<[string, string, string, Uint8Array]>;
  private readonly drop: Statement<[string, string, string]>;
  private readonly dropSession: Statement<[string]>;
  private survives: Survives | undefined;

  constructor(private readonly db: Database) {
    this.put = db.prepare('INSERT OR REPLACE INTO credentials (session, type, id, value) VALUES (?, ?, ?, ?)');
    this.drop = db.prepare('DELETE FROM credentials WHERE session = ? AND type = ? AND id = ?');
    this.dropSession = db.prepare('DELETE FROM credentials WHERE session = ?');
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

  private make({ session, entries }: Change): void {
    if (entries === null) this.dropSession.run(session);
    else
      entries.forEach(({ type, id, value }) =>
        value === null ? this.drop.run(session, type, id) : this.put.run(session, type, id, value),
      );
  }
}
