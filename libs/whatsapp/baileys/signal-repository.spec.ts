import { describe, expect, it } from '@jest/globals';
import {
  addTransactionCapability,
  initAuthCreds,
  type SignalDataSet,
  type SignalKeyStore,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';
import { baileysLogger } from './logger.js';
import { steadyRepository } from './signal-repository.js';

const quiet = baileysLogger('one', { debug: () => undefined, warn: () => undefined, error: () => undefined });

/** A party with a store in memory that writes down when each type was stored. */
const party = (steps: string[]) => {
  const values = new Map<string, unknown>();
  const store: SignalKeyStore = {
    get: (type, ids) =>
      Object.fromEntries(
        ids.flatMap((id) => (values.has(`${type} ${id}`) ? [[id, values.get(`${type} ${id}`) as never]] : [])),
      ),
    set: (data: SignalDataSet) => {
      for (const [type, entries] of Object.entries(data)) {
        steps.push(type);
        for (const [id, value] of Object.entries(entries)) {
          if (value === null) values.delete(`${type} ${id}`);
          else values.set(`${type} ${id}`, value);
        }
      }
    },
  };
  const creds = initAuthCreds();
  const keys = addTransactionCapability(store, quiet, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
  const repository: SignalRepositoryWithLIDStore = steadyRepository(store)({ creds, keys }, quiet);
  return { creds, keys, repository };
};

const jid = '123456789012345@lid';

describe('the state of a ratchet', () => {
  it('is stored before the transaction in which a message is encrypted and sent is over, and stays when that fails', async () => {
    const steps: string[] = [];
    const [sender, receiver] = [party(steps), party([])];
    const { signedIdentityKey, signedPreKey, registrationId } = receiver.creds;
    const publicKey = (key: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(5), key]);
    await sender.repository.injectE2ESession({
      jid,
      session: {
        registrationId,
        identityKey: publicKey(signedIdentityKey.public),
        signedPreKey: {
          keyId: signedPreKey.keyId,
          publicKey: publicKey(signedPreKey.keyPair.public),
          signature: signedPreKey.signature,
        },
      },
    });

    const sent: Uint8Array[] = [];
    const send = (text: string, fail = false) =>
      sender.keys.transaction(async () => {
        const { ciphertext } = await sender.repository.encryptMessage({ jid, data: Buffer.from(text) });
        steps.push('sent');
        sent.push(ciphertext);
        await sender.keys.set({ 'device-list': { x: ['0'] } });
        if (fail) throw new Error('The connection broke');
      }, 'me');
    steps.length = 0;
    await expect(send('one', true)).rejects.toThrow('broke');
    await send('two');
    expect(steps).toEqual(['session', 'sent', 'session', 'sent', 'device-list']);

    const read = async (ciphertext: Uint8Array) =>
      Buffer.from(await receiver.repository.decryptMessage({ jid, type: 'pkmsg', ciphertext })).toString();
    expect(await read(sent[0]!)).toBe('one');
    expect(await read(sent[1]!)).toBe('two');
  });
});
