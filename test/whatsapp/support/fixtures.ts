import { afterAll } from '@jest/globals';
import type { Timing } from '#lib/whatsapp/baileys';
import { startSandbox, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { adapter, Gateway } from './gateway.js';
import { SharedThread } from './shared-thread.js';

export type Opened = { readonly sandbox: Sandbox; readonly gateway: Gateway };
type Linked = Opened & { readonly phone: Phone; readonly friend: Phone };
type Test<Fixture, Args extends readonly unknown[]> = (fixture: Fixture, ...args: Args) => Promise<void>;

/** Runs a test with a sandbox, a thread and a directory of its own, and a gateway that has no sessions: for tests that open the gateway again. */
export const openedAlone =
  <Args extends readonly unknown[]>(test: Test<Opened, Args>, timing?: Partial<Timing>) =>
  async (...args: Args): Promise<void> => {
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

/** That of the tests of a file. One in which a test failed is not used again. */
let shared: SharedThread | undefined;

const endShared = async (): Promise<void> => {
  const ended = shared;
  shared = undefined;
  await ended?.end();
};

afterAll(endShared);

/** Runs a test with a gateway that has no sessions. Where the gateway is on a thread, the sandbox and the thread are those of the test before. */
export const opened = <Args extends readonly unknown[]>(test: Test<Opened, Args>) => {
  const alone = openedAlone(test);
  return async (...args: Args): Promise<void> => {
    if (!adapter.isOnThread) return alone(...args);
    try {
      shared ??= await SharedThread.start();
      const gateway = await shared.gateway();
      await test({ sandbox: shared.sandbox, gateway }, ...args);
      await gateway.close();
    } catch (error) {
      await endShared();
      throw error;
    }
  };
};

const link =
  <Args extends readonly unknown[]>(test: Test<Linked, Args>): Test<Opened, Args> =>
  async ({ sandbox, gateway }, ...args) => {
    const phone = sandbox.phones.create({ name: 'Shop' });
    const friend = sandbox.phones.create({ name: 'Ada' });
    await gateway.link(phone);
    await test({ sandbox, gateway, phone, friend }, ...args);
  };

/** Runs a test with a session `one` that is linked to a phone, and with the phone of a friend. */
export const linked = <Args extends readonly unknown[]>(test: Test<Linked, Args>) => opened(link(test));

/** The same, as `openedAlone`. */
export const linkedAlone = <Args extends readonly unknown[]>(test: Test<Linked, Args>) => openedAlone(link(test));
