import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ArrivalJournal } from './arrival-journal.js';
import type { Arrival, CredentialStore } from './credentials/port.js';

const dayMs = 86_400_000;

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
  journal.expect(stanza);
  await journal.add(stanza.content[0]!.content, Buffer.from(id), write);
  return (await journal.stored(stanza))!;
};
/** Announces a stanza; answers its ciphertexts. */
const announced = (stanza: ReturnType<typeof stanzaOf>): readonly Uint8Array[] => {
  journal.expect(stanza);
  return stanza.content.map(({ content }) => content);
};
/** What is known of a message that comes again. */
const plaintextOf = (id: string) => journal.plaintextOf(announced(stanzaOf(id, `sealed ${id}`))[0]!);
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

  it('is recognized when it comes again days after it was recorded, also by the next process, and holds no text by then', async () => {
    await journal.markReported(await arrive('a'), Promise.resolve());
    await jest.advanceTimersByTimeAsync(29 * dayMs);
    expect(Buffer.from(disk.get(1)!).toString()).not.toContain(Buffer.from('a').toString('base64'));
    await restart();
    expect(plaintextOf('a')).toEqual(Buffer.of(1));
    expect(journal.has('a')).toBe(true);
    expect(await ids()).toEqual([]);
  });

  it('is kept whole for as long as it takes to record it', async () => {
    void journal.markReported(await arrive('a'), new Promise(() => undefined));
    await jest.advanceTimersByTimeAsync(40 * dayMs);
    await arrive('b');
    expect(plaintextOf('a')).toEqual(Buffer.from('a'));
  });

  it('is forgotten 30 days after it was recorded', async () => {
    await journal.markReported(await arrive('a'), Promise.resolve());
    await jest.advanceTimersByTimeAsync(31 * dayMs);
    await arrive('b');
    expect([...disk.keys()]).toEqual([2]);
    expect(plaintextOf('a')).toBeUndefined();
    expect(journal.has('a')).toBe(false);
  });

  it('is forgotten once a thousand others were recorded after it', async () => {
    for (let n = 0; n <= 1000; n += 1) await journal.markReported(await arrive(`message ${n}`), Promise.resolve());
    await journal.close();
    expect([disk.size, disk.has(1)]).toEqual([1000, false]);
  });

  it('is reported again with a part of it that was decrypted after the others were recorded', async () => {
    const stanza = stanzaOf('a', 'key', 'text');
    await journal.add(announced(stanza)[0]!, Buffer.from('key'), write);
    await journal.markReported((await journal.unreported())[0]!, Promise.resolve());
    expect(await ids()).toEqual([]);
    const again = announced(stanzaOf('a', 'key', 'text'));
    expect(journal.plaintextOf(again[0]!)).toEqual(Buffer.of(1));
    await journal.add(again[1]!, Buffer.from('text'), write);
    const [entry] = await journal.unreported();
    expect(entry?.message.attrs['from']).toBe(stanza.attrs.from);
    expect(entry?.message.nodes.map((node) => node.content)).toEqual([Buffer.from('text')]);
    await restart();
    expect(await ids()).toEqual(['a']);
  });

  it('with several ciphertexts is one entry with those that were decrypted', async () => {
    const stanza = stanzaOf('a', 'first', 'second');
    journal.expect(stanza);
    await journal.add(stanza.content[0]!.content, Buffer.from('one'), write);
    const again = stanzaOf('a', 'first', 'second');
    journal.expect(again);
    expect(journal.plaintextOf(again.content[1]!.content)).toBeUndefined();
    await journal.add(again.content[1]!.content, Buffer.from('two'), write);
    expect((await journal.stored(again))!.message.nodes.map(({ content }) => content)).toEqual([
      Buffer.from('one'),
      Buffer.from('two'),
    ]);
    expect(disk.size).toBe(1);
  });

  it('is not in the journal where storing it failed', async () => {
    const stanza = stanzaOf('a', 'sealed a');
    journal.expect(stanza);
    const failing = journal.add(stanza.content[0]!.content, Buffer.from('a'), () => Promise.reject(new Error('No')));
    await expect(journal.stored(stanza)).rejects.toThrow('No');
    await expect(failing).rejects.toThrow('No');
    expect(await ids()).toEqual([]);
    expect(journal.has('a')).toBe(false);
    expect(journal.plaintextOf(stanza.content[0]!.content)).toBeUndefined();
  });

  it('is not reported before it is stored, and recognized meanwhile', async () => {
    const stanza = stanzaOf('a', 'first', 'second');
    const [first, second] = announced(stanza);
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const slowly = (arrivals: readonly Arrival[]) => finished.then(() => write(arrivals));
    void journal.add(first!, Buffer.from('one'), slowly);
    void journal.add(second!, Buffer.from('two'), slowly);
    expect(journal.plaintextOf(announced(stanzaOf('a', 'first', 'second'))[0]!)).toEqual(Buffer.from('one'));
    expect(journal.has('a')).toBe(true);
    let isStored = false;
    const entry = journal.stored(stanza).finally(() => (isStored = true));
    const unreported = ids();
    await Promise.resolve();
    expect(isStored).toBe(false);
    finish();
    expect((await entry)!.message.nodes.map(({ content }) => content)).toEqual([
      Buffer.from('one'),
      Buffer.from('two'),
    ]);
    expect(await unreported).toEqual(['a']);
    expect(disk.size).toBe(1);
  });

  it('is whole when a part of it is stored while the others are recorded', async () => {
    const stanza = stanzaOf('a', 'first', 'second');
    const [first, second] = announced(stanza);
    await journal.add(first!, Buffer.from('one'), write);
    const [entry] = await journal.unreported();
    const adding = journal.add(second!, Buffer.from('two'), async (arrivals) => {
      await write(arrivals);
      await journal.markReported(entry!, Promise.resolve());
    });
    await adding;
    await journal.close();
    await restart();
    expect((await journal.unreported())[0]?.message.nodes).toHaveLength(2);
  });

  it('is stored as recorded on close, while a discarded journal writes nothing', async () => {
    await journal.markReported(await arrive('a'), Promise.resolve());
    await journal.close();
    await restart();
    expect(await ids()).toEqual([]);
    await journal.markReported(await arrive('b'), Promise.resolve());
    journal.discard();
    await jest.advanceTimersByTimeAsync(120_000);
    await restart();
    expect(await ids()).toEqual(['b']);
  });
});
