import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ArrivalJournal } from './arrival-journal.js';
import type { Arrival, CredentialStore } from './credentials/port.js';

let disk: Map<number, Uint8Array>;
let journal: ArrivalJournal;

const write = async (changes: readonly Arrival[]): Promise<void> => {
  for (const { number, value } of changes) {
    if (value) disk.set(number, value);
    else disk.delete(number);
  }
};
const store = {
  write: (_session, _entries, _durability, changes = []) => write(changes),
  arrivals: async () => Array.from(disk, ([number, value]) => ({ number, value })),
} satisfies Partial<CredentialStore> as Partial<CredentialStore> as CredentialStore;

const stanzaOf = (id: string, ...ciphertexts: readonly string[]) => ({
  tag: 'message',
  attrs: { id, from: '491702222222@s.whatsapp.net' },
  content: ciphertexts.map((text) => ({ tag: 'enc', attrs: { type: 'msg' }, content: Buffer.from(text) })),
});

/** Receives and decrypts a message with this id, as Baileys does. */
const arrive = async (id: string) => {
  const stanza = stanzaOf(id, `sealed ${id}`);
  const entry = journal.expect(stanza);
  await journal.add(stanza.content[0]!.content, Buffer.from(id), write);
  return entry;
};
/** As at the first start of the session in a process. */
const restart = async (): Promise<void> => {
  journal = new ArrivalJournal('one', store);
  await journal.unreported();
};
const ids = async () => (await journal.unreported()).map(({ message }) => message.attrs['id']);

beforeEach(async () => {
  jest.useFakeTimers();
  disk = new Map();
  await restart();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('an arrived message', () => {
  it('is unreported until it is recorded, also for the next process, whose numbers go on', async () => {
    await arrive('a');
    await journal.markReported(await arrive('b'), Promise.resolve());
    expect(await ids()).toEqual(['a']);
    await restart();
    expect(await ids()).toEqual(['a', 'b']);
    await arrive('c');
    expect([...disk.keys()]).toEqual([1, 2, 3]);
  });

  it('is unreported again where recording it failed', async () => {
    const entry = await arrive('a');
    await journal.markReported(entry, Promise.reject(new Error('The disk is full')));
    expect(await ids()).toEqual(['a']);
  });

  it('is recognized when it comes again within the retention, and is removed afterwards', async () => {
    await journal.markReported(await arrive('a'), Promise.resolve());
    void journal.markReported(await arrive('b'), new Promise(() => undefined));
    const again = stanzaOf('a', 'sealed a');
    journal.expect(again);
    expect(journal.plaintextOf(again.content[0]!.content)).toEqual(Buffer.from('a'));
    await jest.advanceTimersByTimeAsync(29_000);
    expect([...disk.keys()]).toEqual([1, 2]);
    await jest.advanceTimersByTimeAsync(31_000);
    expect([...disk.keys()]).toEqual([2]);
    expect(journal.plaintextOf(again.content[0]!.content)).toBeUndefined();
    expect(journal.has('a')).toBe(false);
  });

  it('with several ciphertexts is one entry with those that were decrypted', async () => {
    const stanza = stanzaOf('a', 'first', 'second');
    journal.expect(stanza);
    await journal.add(stanza.content[0]!.content, Buffer.from('one'), write);
    const again = stanzaOf('a', 'first', 'second');
    const entry = journal.expect(again);
    expect(journal.plaintextOf(again.content[1]!.content)).toBeUndefined();
    await journal.add(again.content[1]!.content, Buffer.from('two'), write);
    expect(entry.message.nodes.map(({ content }) => content)).toEqual([Buffer.from('one'), Buffer.from('two')]);
    expect(disk.size).toBe(1);
  });

  it('is not in the journal where storing it failed', async () => {
    const stanza = stanzaOf('a', 'sealed a');
    journal.expect(stanza);
    const failing = journal.add(stanza.content[0]!.content, Buffer.from('a'), () => Promise.reject(new Error('No')));
    await expect(failing).rejects.toThrow('No');
    expect(await ids()).toEqual([]);
    expect(journal.plaintextOf(stanza.content[0]!.content)).toBeUndefined();
  });

  it('is removed on close where it is recorded, while a discarded journal writes nothing', async () => {
    await journal.markReported(await arrive('a'), Promise.resolve());
    await journal.close();
    expect(disk.size).toBe(0);
    await restart();
    await journal.markReported(await arrive('b'), Promise.resolve());
    journal.discard();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(disk.size).toBe(1);
  });
});
