import { ReadableStream, type ReadableStreamDefaultController } from 'node:stream/web';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openChannel, type Channel } from './channel.js';
import { errorClass, ThreadEnded } from './errors.js';
import { transfer } from './transfer.js';

class Broken extends Error {
  override readonly name = 'Broken';
  constructor(readonly at: number) {
    super(`Broken at ${at}`);
  }
}
const errors = [
  errorClass(
    Broken,
    ({ at }) => at,
    (_message, at) => new Broken(at),
  ),
];

/** Numbers from 1 on; knows how many were read, and how it ended. */
class Source {
  made = 0;
  ended: 'read to the end' | 'cancelled' | undefined;
  readonly stream: ReadableStream;

  constructor(length: number, item: (number: number) => unknown = (number) => number) {
    const pull = (controller: ReadableStreamDefaultController): void => {
      if (this.made < length) return controller.enqueue(item((this.made += 1)));
      this.ended = 'read to the end';
      controller.close();
    };
    const cancel = (): void => {
      this.ended = 'cancelled';
    };
    this.stream = new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }
}

const all = async (stream: ReadableStream): Promise<unknown[]> => {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};

const there = {
  read: (stream: ReadableStream): Promise<unknown[]> => all(stream),
  readNested: ({ parts }: { parts: { content: ReadableStream }[] }) =>
    Promise.all(parts.map(({ content }) => all(content))),
  readOne: async (stream: ReadableStream) => {
    for await (const chunk of stream) return chunk as unknown;
    return undefined;
  },
  refuse: (_stream: ReadableStream): never => {
    throw new Error('refused');
  },
  hold: (_stream: ReadableStream) => undefined,
  give: () => source.stream,
  giveNested: () => transfer({ size: 3, content: { stream: source.stream } }, [source.stream]),
};

let source: Source;
let here: Channel<typeof there>;
let changes: boolean[];
let close = () => {};
const connect = (): void => {
  const { port1, port2 } = new MessageChannel();
  const channel = openChannel(port2, there, { errors, batching: 'turn' });
  changes = [];
  here = openChannel(port1, {}, { errors, onBusyChange: (isBusy) => changes.push(isBusy) });
  close = () => {
    channel.end(new ThreadEnded('over'));
    port1.close();
    port2.close();
  };
};
afterEach(() => close());

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await turns(1);
};

describe('a stream', () => {
  it('passes as an argument, and as an answer', async () => {
    connect();
    source = new Source(5);
    expect(await here.ask('read', source.stream)).toEqual([1, 2, 3, 4, 5]);
    source = new Source(3);
    expect(await all(await here.ask('give'))).toEqual([1, 2, 3]);
    expect([source.ended, changes.at(-1)]).toEqual(['read to the end', false]);
  });

  it('passes inside of what is marked as holding it', async () => {
    connect();
    const parts = [new Source(2), new Source(1)].map(({ stream }) => ({ content: stream }));
    const message = transfer(
      { parts },
      parts.map(({ content }) => content),
    );
    expect(await here.ask('readNested', message)).toEqual([[1, 2], [1]]);
    source = new Source(3);
    const { size, content } = await here.ask('giveNested');
    expect([size, await all(content.stream)]).toEqual([3, [1, 2, 3]]);
  });

  it('of bytes arrives as it was, and leaves the buffers of the source alone', async () => {
    connect();
    const buffer = Buffer.from('abcdefgh');
    source = new Source(3, (number) => buffer.subarray(number, number + 2));
    expect(await here.ask('read', source.stream)).toEqual(
      ['bc', 'cd', 'de'].map((text) => Uint8Array.from(Buffer.from(text))),
    );
    expect(buffer.toString()).toBe('abcdefgh');
  });

  it.each(['argument', 'answer'])('as an %s is read only as fast as the other side reads it', async (way) => {
    connect();
    source = new Source(1000);
    if (way === 'argument') await here.ask('hold', source.stream);
    const reader = way === 'answer' ? (await here.ask('give')).getReader() : undefined;
    await turns(100);
    const before = source.made;
    expect(before).toBeLessThan(5);
    if (!reader) return;
    for (let count = 0; count < 10; count += 1) await reader.read();
    await turns(100);
    expect(source.made).toBe(before + 10);
    await reader.cancel();
  });

  it('that fails at its source fails for its reader, with an error of the same class', async () => {
    connect();
    source = new Source(5, (number) => {
      if (number === 3) throw new Broken(number);
      return number;
    });
    await expect(here.ask('read', source.stream)).rejects.toMatchObject({ name: 'Broken', at: 3 });
    source = new Source(5, () => () => 'a function');
    await expect(here.ask('read', source.stream)).rejects.toThrow('could not be cloned');
    await until(() => source.ended === 'cancelled');
    expect(changes.at(-1)).toBe(false);
  });

  it('is cancelled at its source when nobody reads on', async () => {
    connect();
    source = new Source(1000);
    expect(await here.ask('readOne', source.stream)).toBe(1);
    await until(() => source.ended === 'cancelled');
    expect(source.made).toBeLessThan(5);
    await until(() => changes.at(-1) === false);
  });

  it('is cancelled when the call it was for fails, here or there', async () => {
    connect();
    source = new Source(1000);
    await expect(here.ask('refuse', source.stream)).rejects.toThrow('refused');
    await until(() => source.ended === 'cancelled');
    source = new Source(1000);
    const message = transfer({ parts: [{ content: source.stream, uncloneable: () => undefined }] }, [source.stream]);
    await expect(here.ask('readNested', message)).rejects.toThrow('could not be cloned');
    await until(() => source.ended === 'cancelled');
    expect(changes.at(-1)).toBe(false);
  });

  it('fails for its reader, and ends at its source, when the other side has ended', async () => {
    connect();
    source = new Source(1000);
    const reader = (await here.ask('give')).getReader();
    await reader.read();
    const outgoing = new Source(1000);
    await here.ask('hold', outgoing.stream);
    here.end(new ThreadEnded('gone'));
    const rest = async () => {
      for (;;) await reader.read();
    };
    await expect(rest()).rejects.toThrow(ThreadEnded);
    await until(() => outgoing.ended === 'cancelled');
    expect(changes.at(-1)).toBe(false);
  });
});
