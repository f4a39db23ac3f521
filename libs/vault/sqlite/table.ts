import { maintain, type Database, type Statement } from '#lib/sqlite';

/** A secret, and the time (in milliseconds) at which it must not have expired. */
export type SecretName = { readonly kind: string; readonly id: string; readonly now: number };
export type SecretRow = { readonly sealed: Uint8Array; readonly revision: number; readonly expiresAt: number | null };
/** `ifStored`: writes over anything, only if nothing is stored, or only if this revision is. */
export type SecretWrite = SecretName & {
  readonly sealed: Uint8Array;
  readonly expiresAt: number | null;
  readonly ifStored: 'anything' | 'nothing' | number;
};
export type ListedSecret = { readonly id: string; readonly expiresAt: number | null };

const live = '(expires_at IS NULL OR expires_at > @now)';

/** The table of sealed secrets. */
export class SecretsTable {
  private readonly find: Statement<[SecretName], SecretRow>;
  private readonly drop: Statement<[Pick<SecretName, 'kind' | 'id'>]>;
  private readonly insert: Statement<[SecretWrite]>;
  private readonly listKind: Statement<[Pick<SecretName, 'kind' | 'now'>], ListedSecret>;
  private readonly countExpired: Statement<
    [Pick<SecretName, 'now'>],
    { readonly kind: string; readonly count: number }
  >;
  private readonly dropExpired: Statement<[Pick<SecretName, 'now'>]>;

  constructor(private readonly db: Database) {
    this.find = db.prepare(
      `SELECT sealed, revision, expires_at AS expiresAt FROM secrets WHERE kind = @kind AND id = @id AND ${live}`,
    );
    this.drop = db.prepare('DELETE FROM secrets WHERE kind = @kind AND id = @id');
    this.insert = db.prepare(
      'INSERT INTO secrets (kind, id, sealed, expires_at) VALUES (@kind, @id, @sealed, @expiresAt)',
    );
    this.listKind = db.prepare(`SELECT id, expires_at AS expiresAt FROM secrets WHERE kind = @kind AND ${live}`);
    this.countExpired = db.prepare(
      'SELECT kind, count(*) AS count FROM secrets WHERE expires_at <= @now GROUP BY kind',
    );
    this.dropExpired = db.prepare(`DELETE FROM secrets WHERE expires_at <= @now`);
  }

  write(secret: SecretWrite): boolean {
    return this.transaction(() => {
      const before = this.find.get(secret)?.revision ?? 'nothing';
      if (secret.ifStored !== 'anything' && secret.ifStored !== before) return false;
      this.drop.run(secret);
      this.insert.run(secret);
      return true;
    });
  }

  get(name: SecretName): SecretRow | undefined {
    return this.find.get(name);
  }

  take(name: SecretName): SecretRow | undefined {
    return this.transaction(() => {
      const row = this.find.get(name);
      this.drop.run(name);
      return row;
    });
  }

  list(of: Pick<SecretName, 'kind' | 'now'>): readonly ListedSecret[] {
    return this.listKind.all(of);
  }

  sweep(at: Pick<SecretName, 'now'>): { readonly [kind: string]: number } {
    return this.transaction(() => {
      const expired = this.countExpired.all(at);
      if (expired.length > 0) this.dropExpired.run(at);
      return Object.fromEntries(expired.map(({ kind, count }) => [kind, count]));
    });
  }

  maintain(): void {
    maintain(this.db);
  }

  close(): void {
    this.db.close();
  }

  private transaction<Result>(work: () => Result): Result {
    return this.db.transaction(work).immediate();
  }
}
