import { Injectable } from '@nestjs/common';
import { DomainError, type CommandResult } from '#lib/event-sourcing';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { QueryBus } from '../../platform/bus/query-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { AdminCommand } from '../admin.commands.js';
import type { AdminRole, GetAdmin } from '../admin.contract.js';
import { Directory } from '../auth/directory.js';
import { FirstPassword } from '../auth/first-password.js';
import { assertStrong } from '../auth/password-rules.js';
import { Passwords } from '../auth/passwords.js';
import type { EmailCommand } from '../email.commands.js';
import type { OwnersCommand } from '../owners.commands.js';
import { EmailKeys } from './email-keys.js';

export type NewAdmin = {
  readonly email: string;
  readonly role: AdminRole;
  readonly password: string;
  /** Nobody chose the password: it need not be looked at. */
  readonly isGenerated?: boolean;
};
export type AdminChange = { readonly role?: AdminRole; readonly password?: string };

/** What owners do with admins. Each change is in effect when it resolves, and may be repeated after a crash. */
@Injectable()
export class AdminAccounts {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: Directory,
    private readonly emails: EmailKeys,
    private readonly passwords: Passwords,
    private readonly firstPassword: FirstPassword,
    private readonly queries: QueryBus,
  ) {}

  /** The password is stored before the admin exists. @throws {DomainError} `email_taken`, `weak_password` */
  async create(
    context: CommandContext,
    adminId: string,
    { email, role, password, isGenerated }: NewAdmin,
  ): Promise<void> {
    if (isGenerated !== true) await assertStrong(password, email);
    const at = new Date().toISOString();
    const emailKey = this.emails.of('admin', email);
    await this.execute(context, { type: 'ClaimEmail', data: { emailKey, userId: null, adminId, at } });
    await this.passwords.set(adminId, password);
    const created = await this.execute(context, { type: 'CreateAdmin', data: { adminId, email, emailKey, role, at } });
    if (role === 'owner') await this.execute(context, { type: 'AddOwner', data: { adminId, at } });
    await this.directory.knows(created);
  }

  /** A new password ends all of the admin's logins. @throws {DomainError} `last_owner`, `admin_not_found`, `weak_password` */
  async change(context: CommandContext, adminId: string, { role, password }: AdminChange): Promise<void> {
    if (!this.directory.admin(adminId)) {
      throw new DomainError('not_found', 'admin_not_found', 'There is no such admin');
    }
    if (password !== undefined) await assertStrong(password, await this.emailOf(context, adminId));
    if (role !== undefined) await this.changeRole(context, adminId, role, new Date().toISOString());
    if (password === undefined) return;
    await this.passwords.set(adminId, password);
    await this.firstPassword.changed(adminId);
    const at = new Date().toISOString(); // ends all logins that began before, also one that is under way
    await this.directory.knows(
      await this.execute(context, { type: 'RecordAdminPasswordChanged', data: { adminId, at } }),
    );
  }

  /** @throws {DomainError} `last_owner`, `admin_not_found` */
  async disable(context: CommandContext, adminId: string): Promise<void> {
    const at = new Date().toISOString();
    await this.execute(context, { type: 'RemoveOwner', data: { adminId, at } });
    await this.directory.knows(await this.execute(context, { type: 'DisableAdmin', data: { adminId, at } }));
    await this.passwords.forget(adminId);
    await this.firstPassword.changed(adminId);
  }

  /** An owner is uncounted before the role is lost, and counted after it is given: so the count never includes an admin who is no owner. */
  private async changeRole(context: CommandContext, adminId: string, role: AdminRole, at: string): Promise<void> {
    if (role !== 'owner') await this.execute(context, { type: 'RemoveOwner', data: { adminId, at } });
    const changed = await this.execute(context, { type: 'ChangeAdminRole', data: { adminId, role, at } });
    if (role === 'owner') await this.execute(context, { type: 'AddOwner', data: { adminId, at } });
    await this.directory.knows(changed);
  }

  private async emailOf(context: CommandContext, adminId: string): Promise<string> {
    return (await this.queries.execute<GetAdmin>({ type: 'GetAdmin', data: { adminId } }, context)).email;
  }

  private execute(
    context: CommandContext,
    command: AdminCommand | EmailCommand | OwnersCommand,
  ): Promise<CommandResult> {
    return this.commands.execute(command, context);
  }
}
