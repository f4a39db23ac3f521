import type { Timing } from '#lib/whatsapp/baileys';
import { startSandbox, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { Gateway } from './gateway.js';

export type Opened = { readonly sandbox: Sandbox; readonly gateway: Gateway };
type Linked = Opened & { readonly phone: Phone; readonly friend: Phone };

/** Runs a test with a new sandbox and a gateway that has no sessions. */
export const opened =
  <Args extends readonly unknown[]>(
    test: (fixture: Opened, ...args: Args) => Promise<void>,
    timing?: Partial<Timing>,
  ): ((...args: Args) => Promise<void>) =>
  async (...args) => {
    const directory = await temporaryDirectory();
    const sandbox = await startSandbox();
    const gateway = await Gateway.open(directory.path, sandbox, timing);
    try {
      await test({ sandbox, gateway }, ...args);
    } finally {
      await gateway.close();
      await sandbox.stop();
      await directory.remove();
    }
  };

/** Runs a test with a session `one` that is linked to a phone, and with the phone of a friend. */
export const linked = <Args extends readonly unknown[]>(
  test: (fixture: Linked, ...args: Args) => Promise<void>,
): ((...args: Args) => Promise<void>) =>
  opened<Args>(async ({ sandbox, gateway }, ...args) => {
    const phone = sandbox.phones.create({ name: 'Shop' });
    const friend = sandbox.phones.create({ name: 'Ada' });
    await gateway.link(phone);
    await test({ sandbox, gateway, phone, friend }, ...args);
  });
