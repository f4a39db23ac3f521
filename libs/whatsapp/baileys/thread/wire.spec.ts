import { MessageChannel } from 'node:worker_threads';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Wire } from './wire.js';

type Calls = {
  readonly echo: (value: unknown) => unknown;
  readonly fail: (words: string) => never;
  readonly function: () => unknown;
};

const { port1, port2 } = new MessageChannel();
const heard: unknown[] = [];
const otherSide = {
  echo: (value: unknown) => {
    heard.push(value);
    return value;
  },
  fail: (words: string) => {
    throw new Error(words);
  },
  function: () => () => 'not to be copied',
};
const wires = [new Wire<Calls>(port1, {}), new Wire<object>(port2, otherSide)] as const;
const [here] = wires;

afterEach(() => {
  heard.length = 0;
});
afterAll(() => {
  port1.close();
  port2.close();
});

describe('a wire between two threads', () => {
  it('brings what is asked in one turn to the other side in order, and each answer to who asked', async () => {
    expect(await Promise.all([1, 2, 3].map((value) => here.ask.echo({ value })))).toEqual([
      { value: 1 },
      { value: 2 },
      { value: 3 },
    ]);
    expect(heard).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
  });

  it('brings a failure to who asked, and to nobody else', async () => {
    const asked = [here.ask.echo('before'), here.ask.fail('as asked'), here.ask.echo('after')];
    expect(await Promise.allSettled(asked)).toMatchObject([
      { value: 'before' },
      { reason: { message: 'as asked' } },
      { value: 'after' },
    ]);
  });

  it.each([
    ['a question', () => here.ask.echo(() => 'not to be copied')],
    ['an answer', () => here.ask.function()],
  ])('fails %s that cannot be copied, and no other', async (_what, ask) => {
    const asked = [here.ask.echo('before'), ask(), here.ask.echo('after')];
    expect(await Promise.allSettled(asked)).toMatchObject([
      { value: 'before' },
      { status: 'rejected', reason: { message: expect.stringContaining('could not be cloned') } },
      { value: 'after' },
    ]);
  });

  it('fails what was asked and whatever is asked when the other side is gone', async () => {
    const asked = here.ask.echo('never answered');
    here.break(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
    await expect(here.ask.echo('too late')).rejects.toThrow('gone');
  });
});
