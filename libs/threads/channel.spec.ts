import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openChannel, type ChannelOptions, type Methods } from './channel.js';
import { errorClass, ThreadEnded } from './errors.js';
import { transfer } from './transfer.js';

class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly reasons: readonly string[],
    message: string,
  ) {
    super(message);
  }
}
const errors = [
  errorClass(
    Refused,
    ({ reasons }) => reasons,
    (message, reasons) => new Refused(reasons, message),
  ),
];

const ports: MessageChannel[] = [];
/** Both sides of a channel, on one thread. */
const open = <There extends Methods>(there: There, options: ChannelOptions = {}, optionsThere: ChannelOptions = {}) => {
  const channel = new MessageChannel();
  ports.push(channel);
  openChannel(channel.port2, there, { errors, ...optionsThere });
  return { here: openChannel<There>(channel.port1, {}, { errors, ...options }), port: channel.port1 };
};
afterEach(() => {
  for (const { port1, port2 } of ports.splice(0)) {
    port1.close();
    port2.close();
  }
});

const echoing = () => {
  const heard: unknown[] = [];
  const methods = {
    echo: (value: unknown): unknown => {
      heard.push(value);
      return value;
    },
    later: async (value: unknown): Promise<unknown> => value,
    fail: (error: string): never => {
      throw error === 'refused' ? new Refused(['too late'], 'No') : Object.assign(new Error(error), { code: 'E' });
    },
    failLater: async (): Promise<never> => {
      throw new Error('later', { cause: new Refused(['too early'], 'Not yet') });
    },
    uncloneable: (): unknown => () => 'a function',
  };
  return { heard, methods };
};

describe.each(['turn', 'off'] as const)('a channel with batching %s', (batching) => {
  const echo = () => {
    const { heard, methods } = echoing();
    return { heard, ...open(methods, { batching }, { batching }) };
  };

  it('starts calls in the order in which they are made, and gives each caller its answer', async () => {
    const { here, heard } = echo();
    here.tell('echo', 0);
    const answers = [1, 2, 3].map((value) => here.ask('echo', { value }));
    expect(await Promise.all([...answers, here.ask('later', 4)])).toEqual([
      { value: 1 },
      { value: 2 },
      { value: 3 },
      4,
    ]);
    expect(heard).toEqual([0, { value: 1 }, { value: 2 }, { value: 3 }]);
  });

  it('fails a call with what its method threw, and no other call', async () => {
    const { here } = echo();
    const calls = [here.ask('echo', 1), here.ask('fail', 'as asked'), here.ask('failLater'), here.ask('echo', 2)];
    expect(await Promise.allSettled(calls)).toMatchObject([
      { value: 1 },
      { reason: { message: 'as asked', code: 'E' } },
      { reason: { message: 'later', cause: { reasons: ['too early'] } } },
      { value: 2 },
    ]);
  });

  it('keeps the class and the fields of the errors that are listed', async () => {
    const { here } = echo();
    const error: unknown = await here.ask('fail', 'refused').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ name: 'Refused', message: 'No', reasons: ['too late'] });
    expect(error).toHaveProperty('stack', expect.stringContaining('channel.spec'));
  });

  it('fails a call that nobody answers', async () => {
    const { here } = open<Methods>({}, { batching });
    await expect(here.ask('echo')).rejects.toThrow('There is no method echo');
  });

  it.each(['argument', 'answer'] as const)(
    'fails a call whose %s cannot be cloned, and no other call',
    async (what) => {
      const { here } = echo();
      const failing = what === 'argument' ? here.ask('echo', () => 'a function') : here.ask('uncloneable');
      expect(await Promise.allSettled([here.ask('echo', 1), failing, here.ask('echo', 2)])).toMatchObject([
        { value: 1 },
        { status: 'rejected', reason: { message: expect.stringContaining('could not be cloned') } },
        { value: 2 },
      ]);
    },
  );

  it('reports a tell that fails on either side', async () => {
    const failed: unknown[] = [];
    const onTellFailed = (error: unknown, method: string): void => void failed.push([method, String(error)]);
    const { here } = open(echoing().methods, { batching, onTellFailed }, { batching, onTellFailed });
    here.tell('fail', 'as told');
    here.tell('failLater');
    here.tell('echo', () => 'a function');
    await here.ask('echo', 1);
    expect(failed).toEqual(
      expect.arrayContaining([
        ['fail', 'Error: as told'],
        ['failLater', 'Error: later'],
        ['echo', expect.stringContaining('could not be cloned')],
      ]),
    );
  });

  it('moves the buffers that are marked', async () => {
    const { here, heard } = echo();
    const bytes = Uint8Array.of(1, 2, 3);
    await here.ask('echo', transfer({ bytes }, [bytes.buffer]));
    expect([bytes.byteLength, heard]).toEqual([0, [{ bytes: Uint8Array.of(1, 2, 3) }]]);
  });

  it('fails what is under way, and everything afterwards, when the other side has ended', async () => {
    const { here } = echo();
    const asked = here.ask('later', 'never answered');
    here.end(new ThreadEnded('gone'));
    await expect(asked).rejects.toThrow(ThreadEnded);
    await expect(here.ask('echo', 'too late')).rejects.toThrow(ThreadEnded);
    expect(() => here.tell('echo', 'too late')).not.toThrow();
  });
});

describe('batching', () => {
  const posts = async (batching: 'turn' | 'off'): Promise<number> => {
    const { here, port } = open(echoing().methods, { batching });
    let count = 0;
    const post = port.postMessage.bind(port);
    port.postMessage = (...args: Parameters<typeof post>) => {
      count += 1;
      post(...args);
    };
    const first = Promise.resolve().then(() => here.ask('echo', 1));
    here.tell('echo', 2);
    await Promise.all([first, here.ask('echo', 3)]);
    return count;
  };

  it('posts all calls of one turn of the event loop as one message', async () => {
    expect(await posts('turn')).toBe(1);
  });

  it('posts each call at once where it is off', async () => {
    expect(await posts('off')).toBe(3);
  });
});

describe('a busy channel', () => {
  it('says when a first call is under way, and when none is any more', async () => {
    const changes: boolean[] = [];
    const { here } = open(echoing().methods, { onBusyChange: (isBusy) => changes.push(isBusy) });
    await Promise.all([here.ask('echo', 1), here.ask('fail', 'no').catch(() => undefined), here.ask('later', 2)]);
    expect(changes).toEqual([true, false]);
    here.tell('echo', 3);
    void here.ask('echo', 4).catch(() => undefined);
    here.end(new ThreadEnded('gone'));
    expect(changes).toEqual([true, false, true, false]);
  });
});
