import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { CommandContext } from '../../platform/command-context.js';
import { clientOf } from '../../platform/http/ip.rules.js';
import { LoginAttempts } from '../auth/login-attempts.js';
import { Passwords } from '../auth/passwords.js';
import { AdminAccounts } from './admin-accounts.js';

type OwnPasswordChange = {
  readonly adminId: string;
  readonly current: string;
  readonly new: string;
  /** The client's address. */
  readonly ip: string;
};

/** How admins change their own password. Whoever has only their token must not guess it: failures are counted like those of logins. */
@Injectable()
export class OwnPassword {
  constructor(
    private readonly accounts: AdminAccounts,
    private readonly passwords: Passwords,
    private readonly attempts: LoginAttempts,
  ) {}

  /** @throws {DomainError} `wrong_password`, `weak_password` @throws {Limited} `locked_out`, `rate_limited` */
  async change(context: CommandContext, { adminId, current, new: password, ip }: OwnPasswordChange): Promise<void> {
    const attempt = { emailKey: adminId, client: clientOf(ip) };
    const { isRight } = await this.attempts.make(attempt, () => this.passwords.matches(adminId, current));
    if (!isRight) throw new DomainError('refused', 'wrong_password', 'The current password is wrong');
    await this.accounts.change(context, adminId, { password });
  }
}
