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

/** For what happens only once a time-out has passed. */
const impatient: Partial<Timing> = {
  ackTimeoutMs: 2_000,
  keepAliveIntervalMs: 3_000,
  keepAliveTimeoutMs: 3_000,
  phoneAnswerTimeoutMs: 3_000,
  unlinkTimeoutMs: 1_000,
  uploadIdleTimeoutMs: 3_000,
};

/** Those of the tests of a file, by their timing. One in which a test failed is not used again. */
const shared = new Map<Partial<Timing>, SharedThread>();

const endShared = async (timing: Partial<Timing>): Promise<void> => {
  const ended = shared.get(timing);
  shared.delete(timing);
  await ended?.end();
};

afterAll(async () => {
  for (const timing of shared.keys()) await endShared(timing);
});

/** Runs a test with a gateway that has no sessions. Where the gateway is on a thread, the sandbox and the thread are those of a test before. */
const openedWith = <Args extends readonly unknown[]>(test: Test<Opened, Args>, timing: Partial<Timing>) => {
  const alone = openedAlone(test, timing);
  return async (...args: Args): Promise<void> => {
    if (!adapter.isOnThread) return alone(...args);
    try {
      const thread = shared.get(timing) ?? (await SharedThread.start(timing));
      shared.set(timing, thread);
      const gateway = await thread.gateway();
      await test({ sandbox: thread.sandbox, gateway }, ...args);
      await gateway.close();
    } catch (error) {
      await endShared(timing);
      throw error;
    }
  };
};

const usual: Partial<Timing> = {};

export const opened = <Args extends readonly unknown[]>(test: Test<Opened, Args>) => openedWith(test, usual);

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

/** The same, with time-outs that are short. */
export const linkedImpatiently = <Args extends readonly unknown[]>(test: Test<Linked, Args>) =>
  openedWith(link(test), impatient);

/** The same, as `openedAlone`. */
export const linkedAlone = <Args extends readonly unknown[]>(test: Test<Linked, Args>) => openedAlone(link(test));
