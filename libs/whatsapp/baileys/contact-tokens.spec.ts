import { describe, expect, it } from '@jest/globals';
import { addTransactionCapability, type SignalDataSet, type SignalKeyStore } from '@whiskeysockets/baileys';
import { rememberContactTokens } from './contact-tokens.js';
import { baileysLogger } from './logger.js';

const quiet = baileysLogger('one', { debug: () => undefined, warn: () => undefined, error: () => undefined });

const inMemory = () => {
  const written: SignalDataSet[] = [];
  const store: SignalKeyStore = {
    get: async (type, ids) =>
      Object.fromEntries(
        ids.flatMap((id) => {
          const value = written.findLast((data) => data[type]?.[id] !== undefined)?.[type]?.[id];
          return value ? [[id, value as never]] : [];
        }),
      ),
    set: (data) => void written.push(data),
  };
  const keys = addTransactionCapability(store, quiet, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
  return { store, keys, written };
};

const jid = '123456789012345@lid';
const given = { tctoken: { [jid]: { token: Buffer.alloc(0), senderTimestamp: 1_800_000_000 } } };

/** Writes from within a transaction after it has ended, as Baileys does. */
const writeAfterwards = async (keys: ReturnType<typeof inMemory>['keys'], data: SignalDataSet): Promise<void> => {
  let afterwards: Promise<unknown> | undefined;
  let over!: () => void;
  const ended = new Promise<void>((resolve) => (over = resolve));
  await keys.transaction(async () => {
    afterwards = ended.then(() => keys.set(data));
  }, 'me');
  over();
  await afterwards;
};

describe('the record of a given token', () => {
  it('is lost without this', async () => {
    const { keys, written } = inMemory();
    await writeAfterwards(keys, given);
    expect(written).toEqual([]);
  });

  it('is stored, and is there for the next message', async () => {
    const { keys, store } = inMemory();
    rememberContactTokens(keys, store);
    await writeAfterwards(keys, given);
    const read = await keys.transaction(async () => keys.get('tctoken', [jid]), 'me');
    expect(read).toEqual(given.tctoken);
  });

  it('does not affect the transactions of other keys', async () => {
    const { keys, store, written } = inMemory();
    rememberContactTokens(keys, store);
    await keys.transaction(async () => {
      await keys.set({ ...given, 'device-list': { '491701234567': ['0'] } });
      expect(written).toEqual([given]);
    }, 'me');
    expect(written).toEqual([given, { 'device-list': { '491701234567': ['0'] } }]);
  });
});
