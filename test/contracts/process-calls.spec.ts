import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import process_ from 'node:process';
import { Redis } from 'ioredis';
import { Transient } from '#lib/async';
import { newId } from '#lib/ids';
import { AnswerLost, callsWithin, NobodyAnswers, type ProcessCalls, type Service } from '#lib/process-calls';
import { openRedisCalls } from '#lib/process-calls/redis';
import { errorClass } from '#lib/threads';
import { MasterKey, sealer } from '#lib/vault';
import { eventually } from '../support/eventually.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { quiet } from '../support/stores.js';

class Refused extends Error {
  override readonly name = 'Refused';
  constructor(readonly code: string) {
    super(`Refused: ${code}`);
  }
}

class Busy extends Transient {
  override readonly name = 'Busy';
}

const errors = [
  errorClass(
    Refused,
    ({ code }) => code,
    (_message, code) => new Refused(code),
  ),
];

const stands = () => Promise.resolve(true);

/** A service that counts what it does. */
const desk = () => {
  const done: string[] = [];
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const methods = {
    greet: (name: string) => {
      done.push(name);
      return `Hello ${name}`;
    },
    echo: (value: unknown) => value,
    refuse: (code: string) => {
      throw new Refused(code);
    },
    tire: () => Promise.reject(new Busy('Too much')),
    break: () => {
      throw new TypeError('A bug');
    },
    hold: async (name: string) => {
      done.push(name);
      await held;
      return 'at last';
    },
  };
  const service: Service = { name: 'desk', methods, errors };
  return { service, done, goOn };
};

const asked = { name: 'desk', errors };
const ask = (calls: ProcessCalls, method: string, args: readonly unknown[] = [], timeoutMs?: number) =>
  calls.ask({ service: asked, method, args, ...(timeoutMs !== undefined && { timeoutMs }) });

type Opened = { readonly owner: ProcessCalls; readonly other: ProcessCalls };

/** `open` opens the calls of two processes, which may be one. */
const contract = (name: string, open: () => Opened): void => {
  describe(`calls between processes: ${name}`, () => {
    let calls: Opened;
    const { service, done, goOn } = desk();
    beforeAll(() => void (calls = open()));
    afterAll(() => Promise.all([calls.owner.close(), calls.other.close()]));

    it('fail at once while nobody answers, and nothing is done', async () => {
      await expect(ask(calls.other, 'greet', ['Nobody'])).rejects.toThrow(NobodyAnswers);
      expect(await calls.other.isServed()).toBe(false);
      await calls.owner.serve([service], stands);
      await eventually(() => calls.other.isServed());
      expect(done).toEqual([]);
    });

    it('are answered', async () => {
      expect(await ask(calls.other, 'greet', ['Ada'])).toBe('Hello Ada');
      expect(await ask(calls.owner, 'greet', ['Grace'])).toBe('Hello Grace');
      expect(done).toEqual(['Ada', 'Grace']);
    });

    it('carry what a structured clone does: nothing, bytes, maps', async () => {
      expect(await ask(calls.other, 'echo', [undefined])).toBeUndefined();
      const value = { bytes: new Uint8Array([1, 2, 255]), map: new Map([['a', null]]), text: '"\n😀' };
      expect(await ask(calls.other, 'echo', [value])).toEqual(value);
    });

    it('carry much', async () => {
      const bytes = new Uint8Array(randomBytes(3_500_000));
      expect(Buffer.compare((await ask(calls.other, 'echo', [bytes])) as Uint8Array, bytes)).toBe(0);
    });

    it('are many at a time, each with its own answer', async () => {
      const numbers = Array.from({ length: 200 }, (_, index) => index);
      expect(await Promise.all(numbers.map((n) => ask(calls.other, 'echo', [n])))).toEqual(numbers);
    });

    it('fail as what they ask for does', async () => {
      await expect(ask(calls.other, 'refuse', ['no'])).rejects.toThrow(new Refused('no'));
      await expect(ask(calls.other, 'refuse', ['no'])).rejects.toMatchObject({ code: 'no' });
      await expect(ask(calls.other, 'refuse', ['no'])).rejects.toBeInstanceOf(Refused);
      await expect(ask(calls.other, 'tire')).rejects.toBeInstanceOf(Transient);
      await expect(ask(calls.other, 'break')).rejects.toMatchObject({ name: 'TypeError', message: 'A bug' });
      await expect(ask(calls.other, 'constructor')).rejects.toThrow('No process does desk.constructor');
    });

    it('tell those who listen, in every process', async () => {
      const heard: unknown[] = [];
      for (const one of new Set([calls.owner, calls.other])) one.listen('news', (news: unknown) => heard.push(news));
      calls.owner.tell('news', { n: 1 });
      calls.owner.tell('other news', { n: 2 });
      const expected = new Set([calls.owner, calls.other]).size;
      expect(heard.length).toBeGreaterThan(0); // in its own process at once
      await eventually(() => heard.length === expected);
      expect(heard).toEqual(Array.from({ length: expected }, () => ({ n: 1 })));
    });

    it('tell the others also where a listener fails', async () => {
      const heard: unknown[] = [];
      for (const one of new Set([calls.owner, calls.other])) {
        one.listen('trouble', () => {
          throw new Error('A bug');
        });
        one.listen('trouble', (news: unknown) => heard.push(news));
      }
      calls.owner.tell('trouble', 1);
      await eventually(() => heard.length === new Set([calls.owner, calls.other]).size);
    });

    it('know which processes live', async () => {
      await calls.owner.announce(() => Promise.resolve({ role: 'owner' }));
      if (calls.other !== calls.owner) await calls.other.announce(() => Promise.resolve({ role: 'other' }));
      const members = await calls.other.members();
      expect(members).toContainEqual({ id: calls.owner.id, about: { role: 'owner' }, lastSeenMs: expect.any(Number) });
      expect(members.length).toBe(new Set([calls.owner, calls.other]).size);
      for (const { lastSeenMs } of members) expect(lastSeenMs).toBeLessThan(10_000);
    });

    it('are answered still when the process that answers ends in order', async () => {
      const held = ask(calls.other, 'hold', ['held']);
      await eventually(() => done.includes('held'));
      const closed = calls.owner.close();
      await expect(ask(calls.other, 'greet', ['late'])).rejects.toThrow(NobodyAnswers);
      goOn();
      expect(await held).toBe('at last');
      await closed;
      expect(done).not.toContain('late');
    });
  });
};

contract('one process', () => {
  const calls = callsWithin(quiet);
  return { owner: calls, other: calls };
});

(hasRedis() ? describe : describe.skip)('with redis-server (Debian’s package)', () => {
  let redis: RedisServer;
  const key = new MasterKey(randomBytes(32));
  const open = (installation: string, masterKey = key, url = redis.url): ProcessCalls =>
    openRedisCalls({ url, installation, sealing: sealer(masterKey, 'process-calls'), log: quiet });
  const opened: ProcessCalls[] = [];
  const process = (...args: Parameters<typeof open>): ProcessCalls => {
    const calls = open(...args);
    opened.push(calls);
    return calls;
  };
  beforeAll(async () => void (redis = await RedisServer.start()));
  afterEach(() => Promise.all(opened.splice(0).map((calls) => calls.close())));
  afterAll(() => redis.stop());

  contract('Redis', () => {
    const installation = newId();
    return { owner: open(installation), other: open(installation) };
  });

  it('what passes by way of Redis can neither be read nor made by those who have no key', async () => {
    const installation = newId();
    const [owner, other] = [process(installation), process(installation)];
    const { service, done } = desk();
    await owner.serve([service], stands);
    const spy = new Redis(redis.url);
    const seen: Buffer[] = [];
    spy.on('pmessageBuffer', (_pattern, _channel, message: Buffer) => seen.push(message));
    await spy.psubscribe('*');
    await ask(other, 'greet', ['a secret']);
    await eventually(() => seen.length >= 2);
    expect(Buffer.concat(seen).includes('secret')).toBe(false);
    spy.disconnect();
    const stranger = process(installation, new MasterKey(randomBytes(32)));
    await expect(ask(stranger, 'greet', ['forged'], 1500)).rejects.toThrow(AnswerLost);
    expect(done).toEqual(['a secret']);
  });

  it('a question that comes twice is taken once', async () => {
    const installation = newId();
    const [owner, other] = [process(installation), process(installation)];
    const { service, done } = desk();
    await owner.serve([service], stands);
    const repeater = new Redis(redis.url);
    const hearing = new Redis(redis.url);
    hearing.on('messageBuffer', (channel: Buffer, message: Buffer) => void repeater.publish(channel, message));
    hearing.once('messageBuffer', () => hearing.disconnect());
    await hearing.subscribe(`waybill:${installation}:questions`);
    await ask(other, 'greet', ['Ada']);
    await ask(other, 'greet', ['Grace']);
    repeater.disconnect();
    expect(done).toEqual(['Ada', 'Grace']);
  });

  it('a process whose place another one has taken does not answer', async () => {
    const installation = newId();
    const [former, owner, other] = [process(installation), process(installation), process(installation)];
    const [old, now] = [desk(), desk()];
    await former.serve([old.service], () => Promise.resolve(false));
    await owner.serve([now.service], stands);
    expect(await ask(other, 'greet', ['Ada'])).toBe('Hello Ada');
    expect([old.done, now.done]).toEqual([[], ['Ada']]);
  });

  it('installations that share a server do not hear each other', async () => {
    const [owner, other] = [process(newId()), process(newId())];
    await owner.serve([desk().service], stands);
    await expect(ask(other, 'greet', ['Ada'])).rejects.toThrow(NobodyAnswers);
    await owner.announce(() => Promise.resolve('the owner'));
    expect(await other.members()).toEqual([]);
  });

  it('what takes longer than a process may be silent is answered all the same, and nothing waits without end', async () => {
    const installation = newId();
    const [owner, other] = [process(installation), process(installation)];
    const { service, goOn } = desk();
    await owner.serve([service], stands);
    await expect(ask(other, 'hold', ['short'], 1500)).rejects.toThrow(/takes too long/);
    const held = ask(other, 'hold', ['long']);
    setTimeout(goOn, 11_500);
    expect(await held).toBe('at last');
  }, 30_000);

  it('while Redis is away, calls fail at once, and go on when it is back', async () => {
    const server = await RedisServer.start();
    const installation = newId();
    const [owner, other] = [process(installation, key, server.url), process(installation, key, server.url)];
    const { service, done, goOn } = desk();
    await owner.serve([service], stands);
    await owner.announce(() => Promise.resolve('the owner'));
    const underWay = ask(other, 'hold', ['under way']);
    await eventually(() => done.includes('under way'));
    await server.stop();
    await eventually(async () => (await other.health())?.status === 'down');
    await expect(ask(other, 'greet', ['lost'])).rejects.toThrow(Transient);
    await expect(other.members()).rejects.toThrow(NobodyAnswers);
    other.tell('news', 'nobody hears');
    await server.listen();
    goOn();
    expect(await underWay).toBe('at last'); // the answer waits for the server
    await eventually(async () => (await ask(other, 'greet', ['back'])) === 'Hello back');
    expect(done).toEqual(['under way', 'back']);
    await eventually(async () => (await other.members()).length === 1);
    expect((await other.health())?.status).toBe('up');
    await Promise.all([owner.close(), other.close()]);
    await server.stop();
  }, 60_000);

  it('drops news while Redis is away, with one log line and no leaked listeners', async () => {
    const server = await RedisServer.start();
    const warnings: string[] = [];
    const log = { ...quiet, warn: (_fields: object, text: string) => void warnings.push(text) };
    const sealing = sealer(key, 'process-calls');
    const calls = openRedisCalls({ url: server.url, installation: newId(), sealing, log });
    const emitted: Error[] = [];
    const note = (warning: Error): void => void emitted.push(warning);
    process_.on('warning', note);
    await eventually(async () => (await calls.health())?.status === 'up');
    await server.stop();
    await eventually(() => warnings.some((text) => text.startsWith('Redis is away')));
    await eventually(async () => (await calls.health())?.status === 'down'); // either connection may be lost first
    warnings.splice(0);
    for (let n = 0; n < 50; n += 1) calls.tell('views', { n });
    await Promise.allSettled(Array.from({ length: 50 }, () => calls.isServed()));
    expect(warnings).toEqual([]);
    expect(emitted).toEqual([]);
    process_.off('warning', note);
    await calls.close();
  }, 60_000);
});
