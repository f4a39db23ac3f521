import { describe, expect, it } from '@jest/globals';
import {
  addTransactionCapability,
  initAuthCreds,
  type SignalDataSet,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';
import { ArrivalJournal } from './arrival-journal.js';
import type { CredentialStore } from './credentials/port.js';
import { baileysLogger } from './logger.js';
import { durableSignalRepository, type KeyAndArrivalStore } from './signal-repository.js';

const quiet = baileysLogger('one', { debug: () => undefined, warn: () => undefined, error: () => undefined });

/** A party with a store in memory. `steps` gets the type of each value when it is stored. */
const party = (steps: string[]) => {
  const values = new Map<string, unknown>();
  const store: KeyAndArrivalStore = {
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
    storeReceived: async (data, arrived) => {
      await store.set(data);
      steps.push(...arrived.map(({ number }) => `arrival ${number}`));
    },
  };
  const journal = new ArrivalJournal('one', {
    arrivals: async () => [],
  } as Partial<CredentialStore> as CredentialStore);
  const creds = initAuthCreds();
  const keys = addTransactionCapability(store, quiet, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
  const repository: SignalRepositoryWithLIDStore = durableSignalRepository(store, journal, {
    holdUntil: () => undefined,
  })({ creds, keys }, quiet);
  return { creds, keys, repository, journal };
};
type Party = ReturnType<typeof party>;

const jid = '123456789012345@lid';

/** Gives one party the keys to write to another. */
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
  it('is stored before the transaction of a sent message ends, and also where that transaction fails', async () => {
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

  it('is stored in one write with the message that it decrypted, which can be decrypted again', async () => {
    const steps: string[] = [];
    const [sender, receiver] = [party([]), party(steps)];
    await introduce(sender, receiver);
    const [one, two] = [await write(sender, 'one'), await write(sender, 'two')];
    for (const [id, message] of Object.entries({ one, two })) {
      steps.length = 0;
      receiver.journal.expect(stanzaOf(id, message));
      expect(await read(receiver, message)).toBe(id);
      expect(steps.slice(-2)).toEqual(['session', `arrival ${id === 'one' ? 1 : 2}`]);
    }

    steps.length = 0;
    const again = { ...two, ciphertext: Buffer.from(two.ciphertext) };
    receiver.journal.expect(stanzaOf('two', again));
    expect(await read(receiver, again)).toBe('two');
    expect(steps).toEqual([]);
    expect((await receiver.journal.unreported()).map(({ message }) => message.attrs['id'])).toEqual(['one', 'two']);
  });

  it('stays correct when messages are sent and received concurrently', async () => {
    const [ada, bob] = [party([]), party([])];
    await introduce(ada, bob);
    const talk = async (from: Party, to: Party, text: string): Promise<void> => {
      const message = await write(from, text);
      to.journal.expect(stanzaOf(text, message));
      expect(await read(to, message)).toBe(text);
    };
    await talk(ada, bob, 'hello');
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => [talk(ada, bob, `to Bob ${n}`), talk(bob, ada, `to Ada ${n}`)]).flat(),
    );
    expect(await bob.journal.unreported()).toHaveLength(21);
  });
});
