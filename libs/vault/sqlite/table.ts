import type { Database, Statement } from '#lib/sqlite';

/** Names a secret, and the time (milliseconds) by which it counts as expired or not. */
export type Name = { readonly kind: string; readonly id: string; readonly now: number };
export type Row = { readonly sealed: Uint8Array; readonly revision: number; readonly expiresAt: number | null };
/** `over`: whatever is there, only where nothing is, or only where this revision is. */
export type Write = Name & {
  readonly sealed: Uint8Array;
  readonly expiresAt: number | null;
  readonly over: 'anything' | 'nothing' | number;
};
export type Listed = { readonly id: string; readonly expiresAt: number | null };

const live = '(expires_at IS NULL OR expires_at > @now)';

/** The table of sealed secrets: knows rows, not what is in them. */
export class SecretsTable {
  private readonly find: Statement<[Name], Row>;
  private readonly drop: Statement<[Pick<Name, 'kind' | 'id'>]>;
  private readonly insert: Statement<[Write]>;
  private readonly listKind: Statement<[Pick<Name, 'kind' | 'now'>], Listed>;
  private readonly dropExpired: Statement<[Pick<Name, 'now'>]>;

  constructor(private readonly db: Database) {
    this.find = db.prepare(
      `SELECT sealed, revision, expires_at AS expiresAt FROM secrets WHERE kind = @kind AND id = @id AND ${live}`,
    );
    this.drop = db.prepare('DELETE FROM secrets WHERE kind = @kind AND id = @id');
    this.insert = db.prepare(
      'INSERT INTO secrets (kind, id, sealed, expires_at) VALUES (@kind, @id, @sealed, @expiresAt)',
    );
    this.listKind = db.prepare(`SELECT id, expires_at AS expiresAt FROM secrets WHERE kind = @kind AND ${live}`);
    this.dropExpired = db.prepare(`DELETE FROM secrets WHERE expires_at <= @now`);
  }

  write(secret: Write): boolean {
    return this.transaction(() => {
      const before = this.find.get(secret)?.revision ?? 'nothing';
      if (secret.over !== 'anything' && secret.over !== before) return false;
      this.drop.run(secret);
      this.insert.run(secret);
      return true;
    });
  }

  get(name: Name): Row | undefined {
    return this.find.get(name);
  }

  take(name: Name): Row | undefined {
    return this.transaction(() => {
      const row = this.find.get(name);
      this.drop.run(name);
      return row;
    });
  }

  list(of: Pick<Name, 'kind' | 'now'>): readonly Listed[] {
    return this.listKind.all(of);
  }

  sweep(at: Pick<Name, 'now'>): number {
    return this.dropExpired.run(at).changes;
  }

  close(): void {
    this.db.close();
  }

  private transaction<Result>(work: () => Result): Result {
    return this.db.transaction(work).immediate();
  }
}
