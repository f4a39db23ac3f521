import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { QueryBus } from '../../platform/bus/query-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import type { AdminRole, AdminView, ListAdmins } from '../admin.contract.js';
import { Directory } from '../auth/directory.js';
import { FirstPassword, type FirstLogin } from '../auth/first-password.js';
import { LoginAttempts } from '../auth/login-attempts.js';
import type { ListedAdmin, OperatorAccounts } from '../operator.contract.js';
import { AdminAccounts } from './admin-accounts.js';
import { EmailKeys } from './email-keys.js';

const pageSize = 100;

/** A password that nobody guesses: 144 random bits. */
export const generatePassword = (): string => randomBytes(18).toString('base64url');

@Injectable()
export class MachineOperator implements OperatorAccounts {
  constructor(
    private readonly queries: QueryBus,
    private readonly accounts: AdminAccounts,
    private readonly directory: Directory,
    private readonly emails: EmailKeys,
    private readonly attempts: LoginAttempts,
    private readonly firstPassword: FirstPassword,
  ) {}

  async list(): Promise<readonly ListedAdmin[]> {
    const admins: AdminView[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const data = { limit: pageSize, ...(cursor !== undefined && { cursor }) };
      const page = await this.queries.execute<ListAdmins>({ type: 'ListAdmins', data }, asOperator());
      admins.push(...page.data);
      cursor = page.next;
    }
    return admins.reverse().map(({ email, role, lastLoginAt }) => ({ email, role, lastLoginAt }));
  }

  async create(email: string, role: AdminRole, password = generatePassword()): Promise<string> {
    await this.accounts.create(asOperator(), newId(), { email, role, password });
    return password;
  }

  async resetPassword(email: string, password = generatePassword()): Promise<string> {
    const { adminId } = this.admin(email);
    await this.accounts.change(asOperator(), adminId, { password });
    return password;
  }

  unlock(email: string): Promise<number> {
    this.admin(email);
    return this.attempts.forgive(this.emails.of('admin', email));
  }

  async first(): Promise<Pick<FirstLogin, 'email' | 'password'> | undefined> {
    const login = await this.firstPassword.find();
    return login && this.directory.admin(login.adminId) && { email: login.email, password: login.password };
  }

  private admin(email: string): { readonly adminId: string } {
    const admin = this.directory.adminWithEmail(this.emails.of('admin', email));
    if (!admin) throw new DomainError('not_found', 'admin_not_found', `No admin has the email address ${email}`);
    return admin;
  }
}

const asOperator = (): CommandContext => CommandContext.new({ kind: 'system', id: 'operator' });
