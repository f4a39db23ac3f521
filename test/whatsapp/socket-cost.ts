/**
 * Runs as a process of its own, started by `async-context.spec.ts`: opens and closes sockets, and prints how much slower everything else
 * became. Arguments: `shared` (with the shared context) or `native`, and the number of sockets.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { initAuthCreds, makeWASocket } from '@whiskeysockets/baileys';
import { pino } from 'pino';
import { SharedAsyncLocalStorage, withSharedAsyncContext } from '../../libs/whatsapp/baileys/async-context.js';

export type SocketCost = {
  /** Milliseconds of 1000 awaits, before the first socket and after the last. */
  readonly before: number;
  readonly after: number;
  /** Native storages that were enabled, including the one of this program; -1 where Node has no hooks. */
  readonly enabled: number;
  /** Of 10,000 shared storages that were used and dropped, those that were not collected; not looked at in the mode `native`. */
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

/** The best of several runs, since other processes can only slow it down. */
async function awaits(): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    for (let i = 0; i < 1000; i += 1) await (async () => i)();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function countEnabled(): () => number {
  const prototype = AsyncLocalStorage.prototype as AsyncLocalStorage<unknown> & { _enable?: () => void };
  const enable = prototype._enable;
  if (!enable) return () => -1;
  const enabled = new Set<unknown>();
  prototype._enable = function (this: unknown) {
    enabled.add(this);
    enable.call(this);
  };
  return () => enabled.size;
}

/** Uses all of them within one context that stays alive, as connections do within the context of their session. */
async function uncollected(): Promise<number> {
  const references: WeakRef<object>[] = [];
  const session = new SharedAsyncLocalStorage<string>();
  await session.run('session', async () => {
    for (let i = 0; i < DROPPED; i += 1) {
      const storage = new SharedAsyncLocalStorage<object>();
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
new AsyncLocalStorage<string>().enterWith('as a logger does in any service'); // the first one enables the hooks
const make: typeof makeWASocket =
  mode === 'shared' ? (config) => withSharedAsyncContext(() => makeWASocket(config)) : makeWASocket;
const before = await awaits();
for (let i = 0; i < Number(sockets); i += 1) await socketThatEnds(make);
const after = await awaits();
const left = mode === 'shared' ? await uncollected() : 0;
const cost: SocketCost = { before, after, enabled: enabled(), uncollected: left };
process.stdout.write(JSON.stringify(cost), () => process.exit());
