import { describe, expect, it } from '@jest/globals';
import {
  addTransactionCapability,
  initAuthCreds,
  type SignalDataSet,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';
import { Arrivals } from './arrivals.js';
import type { CredentialStore } from './credentials/port.js';
import { baileysLogger } from './logger.js';
import { steadyRepository, type KeysAndArrivals } from './signal-repository.js';

const quiet = baileysLogger('one', { debug: () => undefined, warn: () => undefined, error: () => undefined });

/** A party with a store in memory that writes down when each type was stored. */
const party = (steps: string[]) => {
  const values = new Map<string, unknown>();
  const store: KeysAndArrivals = {
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
    receive: async (data, arrived) => {
      await store.set(data);
      steps.push(...arrived.map(({ number }) => `arrival ${number}`));
    },
  };
  const arrivals = new Arrivals('one', { arrivals: async () => [] } as Partial<CredentialStore> as CredentialStore);
  const creds = initAuthCreds();
  const keys = addTransactionCapability(store, quiet, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
  const repository: SignalRepositoryWithLIDStore = steadyRepository(store, arrivals, { after: () => undefined })(
    { creds, keys },
    quiet,
  );
  return { creds, keys, repository, arrivals };
};
type Party = ReturnType<typeof party>;

const jid = '123456789012345@lid';

/** Lets one party write to another. */
const introduce = async (sender: Party, { creds }: Party): Promise<void> => {
  const { signedIdentityKey, signedPreKey, registrationId } = creds;
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
};

const write = ({ repository }: Party, text: string) => repository.encryptMessage({ jid, data: Buffer.from(text) });

const stanzaOf = (id: string, { type, ciphertext }: Awaited<ReturnType<typeof write>>) => ({
  tag: 'message',
  attrs: { id, from: jid },
  content: [{ tag: 'enc', attrs: { type, v: '2' }, content: ciphertext }],
});

const read = async ({ repository }: Party, { type, ciphertext }: Awaited<ReturnType<typeof write>>) =>
  Buffer.from(await repository.decryptMessage({ jid, type, ciphertext })).toString();

describe('the state of a ratchet', () => {
  it('is stored before the transaction in which a message is encrypted and sent is over, and stays when that fails', async () => {
    const steps: string[] = [];
    const [sender, receiver] = [party(steps), party([])];
    await introduce(sender, receiver);

    const sent: Awaited<ReturnType<typeof write>>[] = [];
    const send = (text: string, fail = false) =>
      sender.keys.transaction(async () => {
        const message = await write(sender, text);
        steps.push('sent');
        sent.push(message);
        await sender.keys.set({ 'device-list': { x: ['0'] } });
        if (fail) throw new Error('The connection broke');
      }, 'me');
    steps.length = 0;
    await expect(send('one', true)).rejects.toThrow('broke');
    await send('two');
    expect(steps).toEqual(['session', 'sent', 'session', 'sent', 'device-list']);

    expect(await read(receiver, sent[0]!)).toBe('one');
    expect(await read(receiver, sent[1]!)).toBe('two');
  });

  it('is stored in one write with the message that it opened, which opens again to the same', async () => {
    const steps: string[] = [];
    const [sender, receiver] = [party([]), party(steps)];
    await introduce(sender, receiver);
    const [one, two] = [await write(sender, 'one'), await write(sender, 'two')];
    for (const [id, message] of Object.entries({ one, two })) {
      steps.length = 0;
      receiver.arrivals.expect(stanzaOf(id, message));
      expect(await read(receiver, message)).toBe(id);
      expect(steps.slice(-2)).toEqual(['session', `arrival ${id === 'one' ? 1 : 2}`]);
    }

    steps.length = 0;
    const again = { ...two, ciphertext: Buffer.from(two.ciphertext) };
    receiver.arrivals.expect(stanzaOf('two', again));
    expect(await read(receiver, again)).toBe('two');
    expect(steps).toEqual([]);
    expect((await receiver.arrivals.untold()).map(({ message }) => message.attrs['id'])).toEqual(['one', 'two']);
  });

  it('is the latest, however many read and write at once', async () => {
    const [ada, bob] = [party([]), party([])];
    await introduce(ada, bob);
    const talk = async (from: Party, to: Party, text: string): Promise<void> => {
      const message = await write(from, text);
      to.arrivals.expect(stanzaOf(text, message));
      expect(await read(to, message)).toBe(text);
    };
    await talk(ada, bob, 'hello');
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => [talk(ada, bob, `to Bob ${n}`), talk(bob, ada, `to Ada ${n}`)]).flat(),
    );
    expect(await bob.arrivals.untold()).toHaveLength(21);
  });
});
