import { Injectable } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { PacingSettings } from '../pacing.contract.js';
import { Directory } from '../auth/directory.js';
import type { EmailCommand } from '../email.commands.js';
import { defaultLimits, defaultTimeZone, type UserLimits } from '../user.contract.js';
import type { UserCommand } from '../user.commands.js';
import { EmailKeys } from './email-keys.js';

type Settings = {
  readonly limits?: Partial<UserLimits>;
  readonly timeZone?: string;
  readonly pacing?: PacingSettings;
};
export type NewUser = Settings & { readonly name: string; readonly email: string };
export type UserChange = Settings & {
  readonly name?: string;
  readonly email?: string;
  readonly retentionDays?: number | null;
};

/** What admins do with users. Each change is in effect when it resolves, and may be repeated after a crash. */
@Injectable()
export class UserAccounts {
  constructor(
    private readonly commands: CommandBus,
    private readonly directory: Directory,
    private readonly emails: EmailKeys,
  ) {}

  /** @throws {DomainError} `email_taken` */
  async register(
    context: CommandContext,
    userId: string,
    { name, email, limits, timeZone = defaultTimeZone, pacing }: NewUser,
  ): Promise<void> {
    const at = new Date().toISOString();
    const emailKey = await this.claim(context, userId, email, at);
    const of = { userId, name, email, emailKey, limits: { ...defaultLimits, ...limits }, timeZone };
    const data = { ...of, ...(pacing && { pacing }), at };
    await this.effect(context, { type: 'RegisterUser', data });
  }

  /** @throws {DomainError} `email_taken`, `user_not_found` */
  async change(
    context: CommandContext,
    userId: string,
    { name, email, limits, timeZone, pacing, retentionDays }: UserChange,
  ): Promise<void> {
    const at = new Date().toISOString();
    if (email !== undefined || name !== undefined) {
      const address =
        email === undefined ? undefined : { email, emailKey: await this.claim(context, userId, email, at) };
      const data = { userId, ...(name !== undefined && { name }), ...(address && { email: address }), at };
      await this.effect(context, { type: 'ChangeUserProfile', data });
    }
    if (timeZone !== undefined)
      await this.effect(context, { type: 'ChangeUserTimeZone', data: { userId, timeZone, at } });
    if (retentionDays !== undefined)
      await this.effect(context, { type: 'ChangeUserRetention', data: { userId, retentionDays, at } });
    if (limits) await this.effect(context, { type: 'ChangeUserLimits', data: { userId, limits, at } });
    if (pacing) await this.effect(context, { type: 'ChangeUserPacing', data: { userId, pacing, at } });
  }

  /** @throws {DomainError} `user_not_found` */
  async mark(
    context: CommandContext,
    userId: string,
    type: 'ActivateUser' | 'DeactivateUser' | 'DeleteUser',
  ): Promise<void> {
    await this.effect(context, { type, data: { userId, at: new Date().toISOString() } });
  }

  private async claim(context: CommandContext, userId: string, email: string, at: string): Promise<string> {
    const emailKey = this.emails.of('user', email);
    const command: EmailCommand = { type: 'ClaimEmail', data: { emailKey, userId, adminId: null, at } };
    await this.commands.execute(command, context);
    return emailKey;
  }

  private async effect(context: CommandContext, command: UserCommand): Promise<void> {
    await this.directory.knows(await this.commands.execute(command, context));
  }
}
