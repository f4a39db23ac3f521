import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Config } from '#config';
import { DomainError } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { OperatorError } from '#lib/operator-error';
import { CommandContext } from '../../platform/command-context.js';
import { CONFIG, VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';
import { SessionProcess } from '../../platform/processes/session-process.js';
import { Directory } from '../auth/directory.js';
import { FirstPassword } from '../auth/first-password.js';
import { AdminAccounts } from './admin-accounts.js';
import { generatePassword } from './operator-accounts.js';

const defaultEmail = 'admin@waybill.local';

/** The first admin cannot be created as the variables say. */
class FirstAdminRefused extends OperatorError {
  override readonly name = 'FirstAdminRefused';
}

/** Creates the first owner where there is no admin. The next start continues one that was interrupted. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(VAULT) private readonly vault: Vault,
    private readonly sessionProcess: SessionProcess,
    private readonly directory: Directory,
    private readonly accounts: AdminAccounts,
    private readonly firstPassword: FirstPassword,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.sessionProcess.isHere) return;
    if (this.directory.hasAdmins()) return;
    const { WAYBILL_ADMIN_EMAIL: email = defaultEmail, WAYBILL_ADMIN_PASSWORD: given } = this.config;
    const isGenerated = given === undefined;
    const password = given ?? generatePassword();
    const adminId = await this.id();
    // Before the admin is created: a password that nobody can read would lock everybody out.
    await this.firstPassword.keep({ adminId, email, password: isGenerated ? password : null });
    const context = CommandContext.new({ kind: 'system', id: 'first-admin' });
    try {
      await this.accounts.create(context, adminId, { email, password, role: 'owner', isGenerated });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new FirstAdminRefused(`WAYBILL_ADMIN_PASSWORD: ${error.message}`, { cause: error });
    }
  }

  /** The same at every attempt, so that there is one first admin, however often the start crashed. */
  private async id(): Promise<string> {
    const { secrets } = this.vault;
    const candidate = newId();
    const isNew = await secrets.add('first-admin', 'id', Buffer.from(candidate));
    return isNew ? candidate : ((await secrets.get('first-admin', 'id'))?.bytes.toString() ?? candidate);
  }
}
