import { afterAll } from '@jest/globals';
import type { Timing } from '#lib/whatsapp/baileys';
import { startSandbox, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { adapter, Gateway } from './gateway.js';

export type Opened = { readonly sandbox: Sandbox; readonly gateway: Gateway };
type Linked = Opened & { readonly phone: Phone; readonly friend: Phone };
type Fixture = Opened & { readonly end: () => Promise<void> };

const open = async (timing?: Partial<Timing>): Promise<Fixture> => {
  const directory = await temporaryDirectory();
  const sandbox = await startSandbox();
  const gateway = await Gateway.open(directory.path, sandbox, timing);
  const end = async (): Promise<void> => {
    await gateway.close();
    await sandbox.stop();
    await directory.remove();
  };
  return { sandbox, gateway, end };
};

/** What the last test has left: a thread takes half a second of CPU time to start. */
let left: Fixture | undefined;

afterAll(() => left?.end());

const take = async (timing?: Partial<Timing>): Promise<Fixture> => {
  const taken = timing === undefined ? left : undefined;
  if (!taken) return open(timing);
  left = undefined;
  return taken;
};

/** The next test goes on with a gateway on a thread, unless it was opened again, perhaps with other settings. It finds no sessions and no faults. */
const leave = async (fixture: Fixture, timing?: Partial<Timing>): Promise<void> => {
  const { sandbox, gateway } = fixture;
  if (!adapter.isOnThread || timing !== undefined || gateway.timesOpened > 1) return fixture.end();
  sandbox.faults.clear();
  sandbox.mediaFaults.clear();
  sandbox.transcript.setCapacity(0);
  await gateway.forgetAll();
  left = fixture;
};

/** Runs a test with a sandbox and a gateway that has no sessions. */
export const opened =
  <Args extends readonly unknown[]>(
    test: (fixture: Opened, ...args: Args) => Promise<void>,
    timing?: Partial<Timing>,
  ): ((...args: Args) => Promise<void>) =>
  async (...args) => {
    const fixture = await take(timing);
    try {
      await test(fixture, ...args);
    } catch (error) {
      await fixture.end();
      throw error;
    }
    await leave(fixture, timing);
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
