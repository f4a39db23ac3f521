import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { AdminCaller } from '../../platform/http/caller.js';
import { clientOf } from '../../platform/http/ip.rules.js';
import { Unauthenticated } from '../../platform/http/refusals.js';
import type { AdminCommand } from '../admin.commands.js';
import type { AdminView, GetAdmin } from '../admin.contract.js';
import { LOG } from '../../platform/tokens.js';
import { EmailKeys } from '../accounts/email-keys.js';
import { Directory } from './directory.js';
import { LoginAttempts } from './login-attempts.js';
import { isOver, Logins, type TokenPair } from './logins.js';
import { Passwords } from './passwords.js';

export type LoggedIn = TokenPair & { readonly admin: AdminView };

type Credentials = { readonly email: string; readonly password: string; readonly ip: string };

/** Login, refresh and logout of admins. */
@Injectable()
export class AdminLogin {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly directory: Directory,
    private readonly emails: EmailKeys,
    private readonly passwords: Passwords,
    private readonly attempts: LoginAttempts,
    private readonly logins: Logins,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * Answers alike, and takes as long, for an unknown email address and a wrong password. `ip`: the client's address.
   * @throws {Unauthenticated} @throws {Limited} `locked_out`, `rate_limited`
   */
  async logIn(context: CommandContext, { email, password, ip }: Credentials): Promise<LoggedIn> {
    const startedAt = new Date().toISOString();
    const emailKey = this.emails.of('admin', email);
    const adminId = this.directory.adminWithEmail(emailKey)?.adminId;
    const { isRight, lockedUntil } = await this.attempts.make({ emailKey, client: clientOf(ip) }, () =>
      this.passwords.matches(adminId, password),
    );
    const at = new Date().toISOString();
    if (adminId === undefined || !isRight) {
      if (adminId !== undefined) {
        this.recordRejected(context, { type: 'RecordAdminLoginRejected', data: { adminId, lockedUntil, at } });
      }
      throw new Unauthenticated('The email address or the password is wrong');
    }
    await this.record(context, { type: 'RecordAdminLogin', data: { adminId, at } });
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

  /** Not waited for: an answer that takes longer would tell that there is such an admin. */
  private recordRejected(context: CommandContext, command: AdminCommand): void {
    this.record(context, command).catch((error: unknown) => {
      this.log.warn({ err: error, adminId: command.data.adminId }, 'A failed login could not be recorded');
    });
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
