import { Injectable } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { AdminCaller } from '../../platform/http/caller.js';
import { Limited, Unauthenticated } from '../../platform/http/refusals.js';
import type { AdminCommand } from '../admin.commands.js';
import type { AdminView, GetAdmin } from '../admin.contract.js';
import { EmailKeys } from '../accounts/email-keys.js';
import { LockedOut } from '../lockout.rules.js';
import { Directory } from './directory.js';
import { isOver, Logins, type TokenPair } from './logins.js';
import { Passwords } from './passwords.js';
import { UnknownLogins } from './unknown-logins.js';

export type LoggedIn = TokenPair & { readonly admin: AdminView };

/** Login, refresh and logout of admins. */
@Injectable()
export class AdminLogin {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly directory: Directory,
    private readonly emails: EmailKeys,
    private readonly passwords: Passwords,
    private readonly unknownLogins: UnknownLogins,
    private readonly logins: Logins,
  ) {}

  /**
   * Answers alike, and takes as long, for an unknown email address and a wrong password.
   * @throws {Unauthenticated} @throws {Limited} `locked_out`
   */
  async logIn(context: CommandContext, email: string, password: string): Promise<LoggedIn> {
    const startedAt = new Date().toISOString();
    const emailKey = this.emails.of('admin', email);
    const adminId = this.directory.adminWithEmail(emailKey)?.adminId;
    const isRight = await this.passwords.matches(adminId, password, emailKey);
    const at = new Date().toISOString();
    try {
      if (adminId === undefined) await this.unknownLogins.reject(emailKey, at);
      else
        await this.record(context, {
          type: isRight ? 'RecordAdminLogin' : 'RecordAdminLoginRejected',
          data: { adminId, at },
        });
    } catch (error) {
      throw error instanceof LockedOut ? limited(error, at) : error;
    }
    if (adminId === undefined || !isRight) throw new Unauthenticated('The email address or the password is wrong');
    return this.welcome(context, await this.logins.begin(adminId, startedAt), adminId);
  }

  /** @throws {Unauthenticated} */
  async renew(context: CommandContext, refreshToken: string): Promise<LoggedIn> {
    const { tokens, login } = await this.logins.renew(refreshToken);
    const admin = this.directory.admin(login.adminId);
    if (!admin || isOver(login, admin)) throw new Unauthenticated('The login has ended: log in again');
    return this.welcome(context, tokens, admin.adminId);
  }

  /** All tokens of the caller's login stop working. */
  async logOut(context: CommandContext, { adminId, loginId }: AdminCaller): Promise<void> {
    await this.logins.end(loginId);
    await this.record(context, { type: 'RecordAdminLogout', data: { adminId, at: new Date().toISOString() } });
  }

  private async record(context: CommandContext, command: AdminCommand): Promise<void> {
    await this.commands.execute(command, as(command.data.adminId, context));
  }

  private async welcome(context: CommandContext, tokens: TokenPair, adminId: string): Promise<LoggedIn> {
    const query: GetAdmin = { type: 'GetAdmin', data: { adminId } };
    return { ...tokens, admin: await this.queries.execute<GetAdmin>(query, as(adminId, context)) };
  }
}

/** Whoever logs in is the actor of what follows. */
const as = (adminId: string, context: CommandContext): CommandContext => context.by({ kind: 'admin', id: adminId });

const limited = ({ code, message, until }: LockedOut, at: string): Limited =>
  new Limited(code, message, Math.ceil((Date.parse(until) - Date.parse(at)) / 1000));
