import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AdminRole } from '../identity/admin.contract.js';
import { DamagedLog } from '../platform/damaged-log.js';
import { OPERATOR_ACCOUNTS, type OperatorAccounts } from '../identity/operator.contract.js';
import { OperatorRefused, passedOverLine, repairFrom, usage, type OperatorRequest } from './operator-request.js';

/** Carries out what is typed behind `npm run admin --`. Answers what is printed. */
@Injectable()
export class OperatorCommands {
  constructor(
    @Inject(OPERATOR_ACCOUNTS) private readonly accounts: OperatorAccounts,
    private readonly damagedLog: DamagedLog,
  ) {}

  /** @throws {OperatorRefused | DomainError} */
  async run({ words: [command, ...words], password }: OperatorRequest): Promise<string> {
    switch (command) {
      case 'list':
        return this.list();
      case 'create':
        return this.create(words, password);
      case 'reset-password': {
        const email = words[0] ?? (await this.onlyOwner());
        const given = await this.accounts.resetPassword(email, password);
        return `The password of ${email} is changed, and all logins are ended.\n${shown(password, given)}`;
      }
      case 'unlock': {
        const email = words[0] ?? (await this.onlyOwner());
        const ended = await this.accounts.unlock(email);
        return `${email} is not locked out from anywhere (${ended} ${ended === 1 ? 'client was' : 'clients were'} counted).`;
      }
      case 'pass-over': {
        const repair = repairFrom(words);
        await this.damagedLog.passOver(repair);
        return passedOverLine(repair);
      }
      default:
        throw new OperatorRefused(usage);
    }
  }

  private async list(): Promise<string> {
    const admins = await this.accounts.list();
    const lines = admins.map(
      ({ email, role, lastLoginAt }) =>
        `${email}  ${role}  ${lastLoginAt ? `last login ${lastLoginAt}` : 'never logged in'}`,
    );
    return lines.join('\n');
  }

  private async create([email, role = 'owner']: readonly string[], password?: string): Promise<string> {
    const known = AdminRole.safeParse(role);
    const address = z.email().max(254).toLowerCase().safeParse(email);
    if (!known.success || !address.success) throw new OperatorRefused(usage);
    const given = await this.accounts.create(address.data, known.data, password);
    return `${address.data} is an ${known.data} now.\n${shown(password, given)}`;
  }

  private async onlyOwner(): Promise<string> {
    const owners = (await this.accounts.list()).filter(({ role }) => role === 'owner');
    const [only] = owners;
    if (only && owners.length === 1) return only.email;
    throw new OperatorRefused(`Whose? The owners are ${owners.map(({ email }) => email).join(', ')}`);
  }
}

const shown = (given: string | undefined, password: string): string =>
  given === undefined ? `  password  ${password}` : 'It is the one that you typed.';
