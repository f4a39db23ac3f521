import { Inject, Injectable } from '@nestjs/common';
import { VAULT } from '../../platform/tokens.js';
import type { Vault } from '../../platform/vault.js';

const kind = 'first-admin';
const id = 'login';

/** The first admin's login; `password` is null where it was given or was changed since. */
export type FirstLogin = { readonly adminId: string; readonly email: string; readonly password: string | null };

/** Keeps the generated password of the first admin, sealed, until it is changed: so that it can be shown again, and need not be logged. */
@Injectable()
export class FirstPassword {
  constructor(@Inject(VAULT) private readonly vault: Vault) {}

  async keep(login: FirstLogin): Promise<void> {
    await this.vault.secrets.put(kind, id, Buffer.from(JSON.stringify(login)));
  }

  async find(): Promise<FirstLogin | undefined> {
    const stored = await this.vault.secrets.get(kind, id);
    return stored && (JSON.parse(stored.bytes.toString()) as FirstLogin);
  }

  /** To be called once an admin has another password. */
  async changed(adminId: string): Promise<void> {
    const login = await this.find();
    if (login?.adminId === adminId && login.password !== null) await this.keep({ ...login, password: null });
  }
}
