/**
 * Runs as a process of its own, started by `async-context.spec.ts`: opens and closes sockets, and prints what of them makes everything else
 * slower from then on. Arguments: `shared` (with the shared context) or `native`, and the number of sockets.
 */
import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { initAuthCreds, makeWASocket } from '@whiskeysockets/baileys';
import { pino } from 'pino';
import { SharedAsyncContext, withSharedAsyncContext } from '../../libs/whatsapp/baileys/async-context.js';

export type SocketCost = {
  /** Whether Node follows every promise of the process from its creation on, which makes it several times slower. */
  readonly arePromisesFollowed: boolean;
  /** Native storages that are enabled; 0 where Node has no hooks. */
  readonly enabled: number;
  /** Of 10,000 shared contexts that were used and dropped, those that were not collected; not looked at in the mode `native`. */
  readonly uncollected: number;
};

const DROPPED = 10_000;
const CLOSED_PORT = 'ws://127.0.0.1:1/ws/chat';

/** Of all sockets: making some takes longer than a socket. */
const creds = initAuthCreds();

async function socketThatEnds(make: typeof makeWASocket): Promise<void> {
  const socket = make({
    waWebSocketUrl: CLOSED_PORT,
    logger: pino({ level: 'silent' }),
    auth: { creds, keys: { get: async () => ({}), set: async () => undefined } },
  });
  // The storage has a cost from its first transaction on. A socket that connects starts one when it uploads its keys.
  await socket.authState.keys.transaction(async () => undefined, 'any');
  await socket.end(undefined);
}

/** Where it does, each has an id of its own. */
async function arePromisesFollowed(): Promise<boolean> {
  await setImmediate();
  const id = executionAsyncId();
  await Promise.resolve();
  return executionAsyncId() !== id;
}

type Hooks = Record<'_enable' | 'disable', ((this: object) => void) | undefined>;

function countEnabled(): () => number {
  const hooks = AsyncLocalStorage.prototype as unknown as Hooks;
  const enabled = new Set<object>();
  const noting = (name: keyof Hooks, note: (storage: object) => void): void => {
    const original = hooks[name];
    if (!original) return;
    hooks[name] = function () {
      note(this);
      original.call(this);
    };
  };
  noting('_enable', (storage) => enabled.add(storage));
  noting('disable', (storage) => enabled.delete(storage));
  return () => enabled.size;
}

/** Uses all of them within one context that stays alive, as connections do within the context of their session. */
async function uncollected(): Promise<number> {
  const references: WeakRef<object>[] = [];
  const session = new SharedAsyncContext<string>();
  await session.run('session', async () => {
    for (let i = 0; i < DROPPED; i += 1) {
      const storage = new SharedAsyncContext<object>();
      references.push(new WeakRef(storage));
      await storage.run({ i }, async () => {
        await setImmediate();
        return storage.getStore();
      });
    }
    await setImmediate();
    globalThis.gc?.();
    await setImmediate();
    globalThis.gc?.();
  });
  return references.filter((reference) => reference.deref() !== undefined).length;
}

const [mode, sockets] = process.argv.slice(2);
const enabled = countEnabled();
const make: typeof makeWASocket =
  mode === 'shared' ? (config) => withSharedAsyncContext(() => makeWASocket(config)) : makeWASocket;
for (let i = 0; i < Number(sockets); i += 1) await socketThatEnds(make);
const left = mode === 'shared' ? await uncollected() : 0;
const cost: SocketCost = { arePromisesFollowed: await arePromisesFollowed(), enabled: enabled(), uncollected: left };
process.stdout.write(JSON.stringify(cost), () => process.exit());
