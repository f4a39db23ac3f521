import { describe, expect, it } from '@jest/globals';
import type { Config } from '#config';
import { callsWithin, NobodyAnswers, type ProcessCalls } from '#lib/process-calls';
import type { Log } from '#lib/subscriptions';
import { SessionProcess } from '../processes/session-process.js';
import type { Stores } from '../stores.js';
import { LiveNews, type News } from './live-news.js';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const newsOf = (about: string): News => ({
  type: 'session.qr',
  userId: 'u',
  sessionId: about,
  chatId: null,
  chat: null,
  body: about,
});
const shown = (about: string) => ({ news: newsOf(about), current: { about, forMs: 60_000 } });

type Answer = (current: unknown) => Promise<unknown>;

/** A process beside the one with the sessions. What that one knows is in `current`; how the answers come back is up to the test. */
const start = () => {
  const answers: Answer[] = [];
  const current: unknown[] = [shown('a')];
  const within = callsWithin(log);
  let heardAgain = (): void => undefined;
  let asked = 0;
  const calls = new Proxy(within, {
    get: (target, name: keyof ProcessCalls): unknown => {
      if (name === 'whenHeard') return (listener: () => void) => (heardAgain = listener);
      if (name !== 'ask') return (target[name] as (...args: unknown[]) => unknown).bind(target);
      return async (): Promise<unknown> => {
        asked += 1;
        return (answers.shift() ?? ((all: unknown) => Promise.resolve(all)))([...current]);
      };
    },
  });
  const there = new SessionProcess({ WAYBILL_ROLES: ['api'] } as Config, {} as Stores, calls);
  const news = new LiveNews(calls, log, there);
  const bodies = (): readonly string[] => news.current().map(({ body }) => body);
  const tellAll = (): void => within.tell('live news of now', [...current]);
  return { news, answers, current, bodies, tellAll, asked: () => asked, heardAgain: () => heardAgain() };
};

/** An answer that comes when `give` is called, or never. */
const held = () => {
  let give = (): void => undefined;
  const answer: Answer = (all) => new Promise((resolve) => (give = () => resolve(all)));
  return { answer, give: () => give() };
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (const started = performance.now(); !isSo() && performance.now() - started < 4000;)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo()).toBe(true);
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what is current, in a process that can be heard again', () => {
  it('is asked for until there is an answer', async () => {
    const { news, answers, bodies, heardAgain, current } = start();
    heardAgain();
    await until(() => bodies().includes('a'));
    current.length = 0;
    const failing: Answer = () => Promise.reject(new NobodyAnswers('No process answers'));
    answers.push(failing, failing);
    heardAgain();
    await until(() => bodies().length === 0);
    expect(bodies()).toEqual([]);
    news.beforeApplicationShutdown();
  });

  it('does not wait for an answer that never comes, and does not take one that comes too late', async () => {
    const { news, answers, bodies, heardAgain, current } = start();
    const old = held();
    answers.push(old.answer);
    heardAgain();
    await settled();
    current.splice(0, 1, shown('b'));
    heardAgain();
    await until(() => bodies().length > 0);
    old.give();
    await settled();
    expect(bodies()).toEqual(['b']);
    news.beforeApplicationShutdown();
  });

  it('is not what an older answer says that comes after the process with the sessions told all', async () => {
    const { news, answers, bodies, heardAgain, tellAll, current } = start();
    tellAll();
    expect(bodies()).toEqual(['a']);
    const old = held();
    answers.push(old.answer);
    heardAgain();
    await settled();
    current.length = 0;
    tellAll();
    expect(bodies()).toEqual([]);
    old.give();
    await settled();
    expect(bodies()).toEqual([]);
    news.beforeApplicationShutdown();
  });

  it('is not asked for any more once the service stops', async () => {
    const { news, answers, heardAgain, asked } = start();
    answers.push(() => Promise.reject(new NobodyAnswers('No process answers')));
    heardAgain();
    await settled();
    news.beforeApplicationShutdown();
    heardAgain();
    await settled();
    expect(asked()).toBe(1);
  });
});
