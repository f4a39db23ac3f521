import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AdminCaller, Caller, UserCaller } from '../../platform/http/caller.js';
import { Unauthenticated } from '../../platform/http/refusals.js';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import type { Callers, Ticket } from '../callers.contract.js';
import { permissionsOf } from '../roles.rules.js';
import { Directory } from './directory.js';
import { KeyUses } from './key-uses.js';
import { isOver, Logins } from './logins.js';
import { UserCallers } from './user-callers.js';

const kind = 'ticket';
const ticketLifetimeMs = 30_000;

/** The callers of connections that last: see the contract. */
@Injectable()
export class LastingCallers implements Callers {
  constructor(
    @Inject(VAULT) private readonly vault: Vault,
    private readonly users: UserCallers,
    private readonly directory: Directory,
    private readonly logins: Logins,
    private readonly uses: KeyUses,
  ) {}

  byKey(apiKey: string, ip: string): UserCaller {
    const caller = known(this.users.bySecret(apiKey, ip));
    this.uses.note(caller.keyId, Date.now());
    return caller;
  }

  async issueTicket({ keyId }: UserCaller): Promise<Ticket> {
    const ticket = `wt_${randomBytes(32).toString('base64url')}`;
    const expiresAt = new Date(Date.now() + ticketLifetimeMs).toISOString();
    await this.vault.secrets.put(kind, idOf(ticket), Buffer.from(keyId), expiresAt);
    return { ticket, expiresAt };
  }

  async byTicket(ticket: string, ip: string): Promise<UserCaller> {
    const found = await this.vault.secrets.take(kind, idOf(ticket));
    return known(found && this.users.byKeyId(found.bytes.toString(), ip));
  }

  asNow(caller: Caller, ip: string): Promise<Caller> {
    return caller.kind === 'admin' ? this.adminAsNow(caller) : this.userAsNow(caller, ip);
  }

  private async userAsNow({ keyId }: UserCaller, ip: string): Promise<UserCaller> {
    return known(this.users.byKeyId(keyId, ip));
  }

  private async adminAsNow(caller: AdminCaller): Promise<AdminCaller> {
    if (caller.expiresAt <= Date.now()) throw new Unauthenticated('The access token has expired');
    const login = await this.logins.find(caller.loginId);
    const admin = this.directory.admin(caller.adminId);
    if (!login || !admin || isOver(login, admin)) throw new Unauthenticated('The login has ended');
    return { ...caller, permissions: permissionsOf[admin.role] };
  }
}

/** What is stored opens nothing. */
const idOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url');

const known = (caller: UserCaller | undefined): UserCaller => {
  if (caller) return caller;
  throw new Unauthenticated('Credentials are missing, wrong or no longer valid');
};
