import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Config } from '#config';
import { newId } from '#lib/ids';
import type { ProcessCalls } from '#lib/process-calls';
import { openRedisCalls } from '#lib/process-calls/redis';
import { MasterKey, sealer } from '#lib/vault';
import { SessionProcess } from '../../src/platform/processes/session-process.js';
import { LiveNews } from '../../src/platform/public-events/live-news.js';
import type { Stores } from '../../src/platform/stores.js';
import { CutLine } from '../support/cut-line.js';
import { eventually } from '../support/eventually.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { quiet } from '../support/stores.js';

type Process = {
  readonly news: LiveNews;
  readonly line: CutLine;
  /** The bodies that live readers are told. */
  readonly told: string[];
  /** The bodies that a reader who comes now is told. */
  readonly current: () => readonly string[];
  readonly isConnected: () => Promise<boolean>;
  readonly end: () => Promise<void>;
};

(hasRedis() ? describe : describe.skip)('live news of processes that lose Redis (Debian’s package)', () => {
  const sealing = sealer(new MasterKey(randomBytes(32)), 'process-calls');
  const all: Config['WAYBILL_ROLES'] = ['api', 'sessions', 'workers'];
  let redis: RedisServer;
  let installation: string;
  let owner: Process;
  let other: Process;

  beforeAll(async () => void (redis = await RedisServer.start()));
  afterAll(() => redis.stop());

  const start = async (installation: string, roles: Config['WAYBILL_ROLES']): Promise<Process> => {
    const line = await CutLine.to(redis.url);
    const calls: ProcessCalls = openRedisCalls({
      url: `redis://127.0.0.1:${line.port}`,
      installation,
      sealing,
      log: quiet,
    });
    const session = new SessionProcess({ WAYBILL_ROLES: roles } as Config, {} as Stores, calls);
    const news = new LiveNews(calls, quiet, session);
    const told: string[] = [];
    news.onNews(({ body }) => told.push(body));
    await session.onApplicationBootstrap();
    news.onApplicationBootstrap();
    const end = async (): Promise<void> => {
      news.beforeApplicationShutdown();
      await calls.close();
      await line.stop();
    };
    const isConnected = async (): Promise<boolean> => (await calls.health())?.status === 'up';
    return { news, line, told, current: () => news.current().map(({ body }) => body), isConnected, end };
  };
  const show = (about: string, body: string): void => {
    const news = { type: 'session.qr', userId: 'u', sessionId: about, chatId: null, chat: null, body };
    owner.news.tell(news, { about, untilMs: performance.now() + 60_000 });
  };

  beforeEach(async () => {
    installation = newId();
    [owner, other] = [await start(installation, all), await start(installation, ['api'])];
    await eventually(async () => (await owner.isConnected()) && (await other.isConnected()));
    for (const about of ['a', 'b', 'c']) show(about, `${about}1`);
    await eventually(() => expect(other.current()).toEqual(['a1', 'b1', 'c1']));
  });
  afterEach(async () => {
    await owner.end();
    await other.end();
  });

  /** What happens while one of them hears nothing of the other. */
  const meanwhile = (): void => {
    show('a', 'a2');
    owner.news.forget('b');
    show('d', 'd1');
    expect(owner.current().toSorted()).toEqual(['a2', 'c1', 'd1']);
    expect(other.current()).toEqual(['a1', 'b1', 'c1']);
  };
  const untilCaughtUp = async (): Promise<void> => {
    await eventually(() => expect(other.current().toSorted()).toEqual(['a2', 'c1', 'd1']));
    expect(other.told).toEqual(['a1', 'b1', 'c1', 'a2', 'd1']);
    expect(owner.told).toEqual(['a1', 'b1', 'c1', 'a2', 'd1']);
    show('c', 'c2');
    await eventually(() => expect(other.told.at(-1)).toBe('c2'));
  };

  it.each([
    ['the one that has the sessions', () => owner.line],
    ['the other one', () => other.line],
  ])('where %s was cut, the other shows what is current once both are back, and tells it once', async (_, line) => {
    line().cut();
    await eventually(async () => !(await owner.isConnected()) || !(await other.isConnected()));
    meanwhile();
    line().mend();
    await untilCaughtUp();
  });

  it('a line that is silent, and looks open, is left for another one', async () => {
    other.line.silence();
    meanwhile();
    other.line.mend();
    expect(await other.isConnected()).toBe(false);
    await untilCaughtUp();
  });

  it('what was shown is not shown any more once another process has the sessions', async () => {
    await owner.end();
    owner = await start(installation, all);
    await eventually(() => expect(other.current()).toEqual([]));
  });
});
