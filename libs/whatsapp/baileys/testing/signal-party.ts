import {
  addTransactionCapability,
  initAuthCreds,
  type SignalDataSet,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';
import { ArrivalJournal } from '../arrival-journal.js';
import type { CredentialStore } from '../credentials/port.js';
import { baileysLogger } from '../logger.js';
import { quietLibsignal } from '../quiet-libsignal.js';
import { SessionRenewals } from '../session-renewals.js';
import { durableSignalRepository, type KeyAndArrivalStore } from '../signal-repository.js';

quietLibsignal();
const quiet = baileysLogger('one', { debug: () => undefined, warn: () => undefined, error: () => undefined });

/** A party with a store in memory. `steps` gets the type of each value when it is stored. */
export const party = (steps: string[] = []) => {
  const values = new Map<string, unknown>();
  const disk = { isFull: false, isReady: Promise.resolve() };
  /** What must be stored before anything more is sent. */
  const held: Promise<unknown>[] = [];
  const keep = (data: SignalDataSet): void => {
    for (const [type, entries] of Object.entries(data)) {
      for (const [id, value] of Object.entries(entries)) {
        if (value === null) values.delete(`${type} ${id}`);
        else values.set(`${type} ${id}`, value);
      }
    }
  };
  const store: KeyAndArrivalStore = {
    get: (type, ids) =>
      Object.fromEntries(
        ids.flatMap((id) => (values.has(`${type} ${id}`) ? [[id, values.get(`${type} ${id}`) as never]] : [])),
      ),
    set: (data: SignalDataSet) => {
      keep(data);
      steps.push(...Object.keys(data));
    },
    storeReceived: async (data, arrived) => {
      if (disk.isFull) throw new Error('The disk is full');
      keep(data); // what is being stored can be read
      await disk.isReady;
      steps.push(...Object.keys(data), ...arrived.map(({ number }) => `arrival ${number}`));
    },
  };
  const journal = new ArrivalJournal('one', {
    arrivals: async () => [],
  } as Partial<CredentialStore> as CredentialStore);
  const creds = initAuthCreds();
  const keys = addTransactionCapability(store, quiet, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });
  const renewals = new SessionRenewals(store);
  const repository: SignalRepositoryWithLIDStore = durableSignalRepository({
    store,
    journal,
    frames: {
      holdUntil: (stored) => {
        stored.catch(() => undefined);
        held.push(stored);
      },
    },
    renewals,
    onStoreFailed: () => void steps.push('store failed'),
  })({ creds, keys }, quiet);
  /** All that is stored. */
  const stored = (): string => JSON.stringify(Object.fromEntries(values));
  /** Sends something, such as a receipt. Rejects where it is never sent. */
  const send = async (): Promise<void> => void (await Promise.all(held));
  return { creds, keys, repository, journal, renewals, disk, stored, send };
};
export type Party = ReturnType<typeof party>;

export const jid = '123456789012345@lid';

/** Gives one party the keys to write to another, as after a look-up. */
export const introduce = async (sender: Party, { creds }: Party, to = jid): Promise<void> => {
  const { signedIdentityKey, signedPreKey, registrationId } = creds;
  const publicKey = (key: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(5), key]);
  await sender.repository.injectE2ESession({
    jid: to,
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

/** The same because the other party could not decrypt a message. */
export const introduceAgain = (sender: Party, receiver: Party, from = jid): Promise<void> => {
  const retry = { tag: 'receipt', attrs: { type: 'retry', from, id: 'one' } };
  return sender.renewals.during(retry, () => introduce(sender, receiver));
};

export type Ciphertext = Awaited<ReturnType<SignalRepositoryWithLIDStore['encryptMessage']>>;

export const write = ({ repository }: Party, text: string, to = jid): Promise<Ciphertext> =>
  repository.encryptMessage({ jid: to, data: Buffer.from(text) });

export const stanzaOf = (id: string, { type, ciphertext }: Ciphertext) => ({
  tag: 'message',
  attrs: { id, from: jid },
  content: [{ tag: 'enc', attrs: { type, v: '2' }, content: ciphertext }],
});

export const read = async ({ repository }: Party, { type, ciphertext }: Ciphertext): Promise<string> =>
  Buffer.from(await repository.decryptMessage({ jid, type, ciphertext })).toString();
