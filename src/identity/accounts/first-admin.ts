import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Config } from '#config';
import { newId } from '#lib/ids';
import { CommandContext } from '../../platform/command-context.js';
import { CONFIG, VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { Directory } from '../auth/directory.js';
import { AdminAccounts } from './admin-accounts.js';

const defaultEmail = 'admin@waybill.local';

/** Creates the first owner where there is no admin. The next start continues one that was interrupted. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(VAULT) private readonly vault: Vault,
    private readonly directory: Directory,
    private readonly accounts: AdminAccounts,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.directory.hasAdmins()) return;
    const email = this.config.WAYBILL_ADMIN_EMAIL ?? defaultEmail;
    const password = this.config.WAYBILL_ADMIN_PASSWORD ?? this.generate(email);
    const context = CommandContext.new({ kind: 'system', id: 'first-admin' });
    await this.accounts.create(context, await this.id(), { email, password, role: 'owner' });
  }

  /** Printed before the admin is created: a password that nobody saw would lock everybody out. */
  private generate(email: string): string {
    const password = randomBytes(18).toString('base64url');
    process.stdout.write(
      `\nThe first admin of Waybill, shown only this once:\n\n  email     ${email}\n  password  ${password}\n\n`,
    );
    return password;
  }

  /** The same at every attempt, so that there is one first admin, however often the start crashed. */
  private async id(): Promise<string> {
    const { secrets } = this.vault;
    const candidate = newId();
    const isNew = await secrets.add('first-admin', 'id', Buffer.from(candidate));
    return isNew ? candidate : ((await secrets.get('first-admin', 'id'))?.bytes.toString() ?? candidate);
  }
}
