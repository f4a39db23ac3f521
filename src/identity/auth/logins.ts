import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Unauthenticated } from '../../platform/http/refusals.js';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { newId } from '#lib/ids';
import { keyedHash, type KeyedHash } from '#lib/vault';
import { accessSeconds } from './access-token.js';
import type { KnownAdmin } from './directory.view.js';

const kind = 'login';
/** A login ends this long after its last refresh. */
const maxIdleMs = 7 * 24 * 3600 * 1000;
const maxLoginMs = 30 * 24 * 3600 * 1000;

/** What an access token says beside its dates. */
export type AccessClaims = { readonly sub: string; readonly login: string };

export type TokenPair = { readonly accessToken: string; readonly refreshToken: string };

/** A login: the family of all tokens that followed from one password check. It has ended once this record is gone. */
export type Login = {
  readonly adminId: string;
  readonly startedAt: string;
  /** The number of the refresh token that is not yet spent. */
  readonly turn: number;
};

/** The admins' logins. Ending one revokes all its tokens at once, in every process and after a restart. */
@Injectable()
export class Logins {
  private readonly hash: KeyedHash;

  constructor(
    @Inject(VAULT) private readonly vault: Vault,
    private readonly jwt: JwtService,
  ) {
    this.hash = keyedHash(vault.key, 'refresh-token');
  }

  /** `startedAt` (ISO 8601) is from before the password was checked: a password change since then ends the login. */
  async begin(adminId: string, startedAt: string): Promise<TokenPair> {
    const id = newId();
    const login: Login = { adminId, startedAt, turn: 0 };
    await this.vault.secrets.put(kind, id, encode(login), until(login));
    return this.tokens(id, login);
  }

  /** Undefined where the login has ended. */
  async find(id: string): Promise<Login | undefined> {
    const found = await this.vault.secrets.get(kind, id);
    return found && decode(found.bytes);
  }

  /**
   * Exchanges a refresh token for a new pair and spends it. A token that was spent before ends the login: somebody has a copy.
   * @throws {Unauthenticated}
   */
  async renew(refreshToken: string): Promise<{ readonly tokens: TokenPair; readonly login: Login }> {
    const { id, turn } = this.read(refreshToken);
    const found = await this.vault.secrets.get(kind, id);
    if (!found) throw new Unauthenticated('The login has ended: log in again');
    const login = decode(found.bytes);
    const next: Login = { ...login, turn: login.turn + 1 };
    const isCurrent = login.turn === turn;
    if (!isCurrent || !(await this.vault.secrets.replace(kind, id, found.revision, encode(next), until(next)))) {
      await this.end(id);
      throw new Unauthenticated('The refresh token was used before: the login is ended, log in again');
    }
    return { tokens: await this.tokens(id, next), login };
  }

  async end(id: string): Promise<void> {
    await this.vault.secrets.remove(kind, id);
  }

  private async tokens(id: string, { adminId, turn }: Login): Promise<TokenPair> {
    const claims: AccessClaims = { sub: adminId, login: id };
    const accessToken = await this.jwt.signAsync(claims, { expiresIn: accessSeconds, jwtid: newId() });
    return { accessToken, refreshToken: `wr_${id}_${turn}_${this.signature(id, turn)}` };
  }

  private read(refreshToken: string): { readonly id: string; readonly turn: number } {
    const [, id = '', turn = ''] = /^wr_([0-9a-f-]{36})_(\d{1,9})_([\w-]{43})$/.exec(refreshToken) ?? [];
    const signature = refreshToken.slice(-43);
    if (!this.hash.matches(`${id} ${turn}`, Buffer.from(signature, 'base64url'))) {
      throw new Unauthenticated('The refresh token is not valid');
    }
    return { id, turn: Number(turn) };
  }

  private signature(id: string, turn: number): string {
    return this.hash.of(`${id} ${turn}`).toString('base64url');
  }
}

/** A password change ends all logins that began before it. */
export const isOver = ({ startedAt }: Login, { passwordChangedAt }: KnownAdmin): boolean =>
  passwordChangedAt !== null && startedAt <= passwordChangedAt;

const until = ({ startedAt }: Login): string =>
  new Date(Math.min(Date.now() + maxIdleMs, Date.parse(startedAt) + maxLoginMs)).toISOString();

const encode = (login: Login): Buffer => Buffer.from(JSON.stringify(login));
const decode = (bytes: Buffer): Login => JSON.parse(bytes.toString()) as Login;
