import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Arrivals } from './arrivals.js';
import type { Arrival, CredentialStore } from './credentials/port.js';

/** What lies on the disk. */
let disk: Map<number, Uint8Array>;
let arrivals: Arrivals;

const write = async (changes: readonly Arrival[]): Promise<void> => {
  for (const { number, value } of changes) {
    if (value) disk.set(number, value);
    else disk.delete(number);
  }
};
const store = {
  write: (_session, _entries, _survives, changes = []) => write(changes),
  arrivals: async () => Array.from(disk, ([number, value]) => ({ number, value })),
} satisfies Partial<CredentialStore> as Partial<CredentialStore> as CredentialStore;

const stanzaOf = (id: string, ...ciphertexts: readonly string[]) => ({
  tag: 'message',
  attrs: { id, from: '491702222222@s.whatsapp.net' },
  content: ciphertexts.map((text) => ({ tag: 'enc', attrs: { type: 'msg' }, content: Buffer.from(text) })),
});

/** A message of this id, opened as Baileys does. */
const arrive = async (id: string) => {
  const stanza = stanzaOf(id, `sealed ${id}`);
  const entry = arrivals.expect(stanza);
  await arrivals.keep(stanza.content[0]!.content, Buffer.from(id), write);
  return entry;
};
/** As a process does at its first start of the session. */
const begin = async (): Promise<void> => {
  arrivals = new Arrivals('one', store);
  await arrivals.untold();
};
const ids = async () => (await arrivals.untold()).map(({ message }) => message.attrs['id']);

beforeEach(async () => {
  jest.useFakeTimers();
  disk = new Map();
  await begin();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('what arrived', () => {
  it('is untold until it was told, also for the next process, which goes on counting', async () => {
    await arrive('a');
    await arrivals.told(await arrive('b'), Promise.resolve());
    expect(await ids()).toEqual(['a']);
    await begin();
    expect(await ids()).toEqual(['a', 'b']);
    await arrive('c');
    expect([...disk.keys()]).toEqual([1, 2, 3]);
  });

  it('is untold again where it was not recorded', async () => {
    const entry = await arrive('a');
    await arrivals.told(entry, Promise.reject(new Error('The disk is full')));
    expect(await ids()).toEqual(['a']);
  });

  it('opens a second time for as long as its receipt may have been lost, and is gone then', async () => {
    await arrivals.told(await arrive('a'), Promise.resolve());
    void arrivals.told(await arrive('b'), new Promise(() => undefined));
    const again = stanzaOf('a', 'sealed a');
    arrivals.expect(again);
    expect(arrivals.plaintextOf(again.content[0]!.content)).toEqual(Buffer.from('a'));
    await jest.advanceTimersByTimeAsync(29_000);
    expect([...disk.keys()]).toEqual([1, 2]);
    await jest.advanceTimersByTimeAsync(31_000);
    expect([...disk.keys()]).toEqual([2]);
    expect(arrivals.plaintextOf(again.content[0]!.content)).toBeUndefined();
    expect(arrivals.has('a')).toBe(false);
  });

  it('in several parts is one message, of which what was opened is there', async () => {
    const stanza = stanzaOf('a', 'first', 'second');
    arrivals.expect(stanza);
    await arrivals.keep(stanza.content[0]!.content, Buffer.from('one'), write);
    const again = stanzaOf('a', 'first', 'second');
    const entry = arrivals.expect(again);
    expect(arrivals.plaintextOf(again.content[1]!.content)).toBeUndefined();
    await arrivals.keep(again.content[1]!.content, Buffer.from('two'), write);
    expect(entry.message.nodes.map(({ content }) => content)).toEqual([Buffer.from('one'), Buffer.from('two')]);
    expect(disk.size).toBe(1);
  });

  it('is not there where it could not be stored', async () => {
    const stanza = stanzaOf('a', 'sealed a');
    arrivals.expect(stanza);
    const failing = arrivals.keep(stanza.content[0]!.content, Buffer.from('a'), () => Promise.reject(new Error('No')));
    await expect(failing).rejects.toThrow('No');
    expect(await ids()).toEqual([]);
    expect(arrivals.plaintextOf(stanza.content[0]!.content)).toBeUndefined();
  });

  it('leaves with what is recorded at the end, and writes nothing of a forgotten session', async () => {
    await arrivals.told(await arrive('a'), Promise.resolve());
    await arrivals.end({ forget: false });
    expect(disk.size).toBe(0);
    await begin();
    await arrivals.told(await arrive('b'), Promise.resolve());
    await arrivals.end({ forget: true });
    await jest.advanceTimersByTimeAsync(120_000);
    expect(disk.size).toBe(1);
  });
});
