import type { Phone, Sandbox } from '#lib/whatsapp-sandbox';
import type { KeyPair } from '#lib/curve25519';
import { proto } from '../../../libs/whatsapp-sandbox/transport/wire.js';
import { linkedPhone } from '../../sandbox/support/client.js';
import { HostileClient } from './hostile-client.js';

/** A linked account with a hostile client that has valid keys. */
export class HostileAccount {
  readonly #noiseKey: KeyPair;
  readonly login: Uint8Array;

  private constructor(
    private readonly url: string,
    readonly phone: Phone,
    { public: publicKey, private: privateKey }: { readonly public: Uint8Array; readonly private: Uint8Array },
  ) {
    this.#noiseKey = { publicKey: Buffer.from(publicKey), privateKey: Buffer.from(privateKey) };
    this.login = proto.ClientPayload.encode({ username: Number(phone.number), device: 1, passive: true }).finish();
  }

  static async create(sandbox: Sandbox): Promise<HostileAccount> {
    const { phone, client } = await linkedPhone(sandbox, 'Hostile');
    await client.disconnect();
    return new HostileAccount(sandbox.url, phone, client.auth.creds.noiseKey);
  }

  /** Connects and logs in. */
  async connect(): Promise<HostileClient> {
    const client = await HostileClient.open(this.url, this.#noiseKey, this.login);
    if (!(await client.until(({ tag }) => tag === 'success'))) throw new Error('the login was refused');
    return client;
  }
}
