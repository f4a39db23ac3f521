import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SecretsUnavailable } from '#lib/vault';
import { JobRunner } from '../../src/platform/jobs/job-runner.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { VAULT } from '../../src/platform/tokens.js';
import type { Vault } from '../../src/platform/vault.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type Answer, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const variables = { WAYBILL_WHATSAPP: 'sandbox', WAYBILL_SANDBOX_URL: 'ws://127.0.0.1:9' };
/** Not while a test runs. */
const yearly = '0 0 1 1 *';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let token: string;
/** How each of the next runs of the test's job ends. */
let work: (signal: AbortSignal) => Promise<{ readonly done: number }>;
/** How many more runs somebody waits for. */
let waitedFor = 0;
let runs = 0;
let atATime = 0;
let mostAtATime = 0;

const start = async (): Promise<void> => {
  service = await startHttp(directory.path, { variables });
  service.app.get(Jobs).add({
    name: 'test',
    description: 'Does what the test says.',
    schedule: yearly,
    isAskedFor: async () => waitedFor > 0,
    run: async (signal) => {
      runs += 1;
      waitedFor = Math.max(0, waitedFor - 1);
      mostAtATime = Math.max(mostAtATime, (atATime += 1));
      try {
        return await work(signal);
      } finally {
        atATime -= 1;
      }
    },
  });
  token = await service.logIn();
};

const call = (route: string): Promise<Answer> => service.call(route, { token });
const job = async () => (await call('GET /v1/admin/jobs/test')).body;
const by = { kind: 'system', id: 'test' } as const;
const untilItRan = (outcome: string) =>
  eventually(async () => {
    const shown = await job();
    return shown.lastRun?.outcome === outcome && shown.running === null && shown;
  });
const eventsOfJob = async () => {
  const all = await service.events();
  return all.filter(({ stream }) => stream === 'job-test').map(({ type, data }) => ({ type, data }));
};
const held = () => {
  let release = (): void => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  work = async (signal) => {
    await Promise.race([until, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    return { done: 0 };
  };
  return { release };
};
/** From now on, nothing can be written about jobs: the disk is full. */
const fullDisk = () => {
  const { secrets } = service.app.get<Vault>(VAULT);
  const put = secrets.put.bind(secrets);
  let refused = 0;
  secrets.put = async (kind, ...others) => {
    if (kind !== 'job') return put(kind, ...others);
    refused += 1;
    throw new SecretsUnavailable('The disk is full');
  };
  const stored = async () => JSON.parse((await secrets.get('job', 'test'))!.bytes.toString());
  return { refused: () => refused, hasRoom: () => void (secrets.put = put), stored };
};

beforeAll(async () => {
  directory = await temporaryDirectory();
  await start();
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

describe('jobs', () => {
  it('are listed with what they do and when', async () => {
    const { data } = (await call('GET /v1/admin/jobs')).body;
    expect(data.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['media-files', 'test']));
    expect(await job()).toMatchObject({ schedule: yearly, timeZone: 'UTC', status: 'waiting', lastRun: null });
    expect((await job()).nextRunAt).toMatch(/-01-01T00:00:00.000Z$/);
    expect((await call('GET /v1/admin/jobs/nonsense')).body.code).toBe('job_not_found');
    expect((await call('POST /v1/admin/jobs/nonsense/run')).status).toBe(404);
  });

  it('run when an admin asks for it, and say what they did and who asked', async () => {
    work = async () => ({ done: 7 });
    const answer = await call('POST /v1/admin/jobs/test/run');
    expect([answer.status, answer.headers['location']]).toEqual([202, '/v1/admin/jobs/test']);
    const { lastRun } = await untilItRan('succeeded');
    expect(lastRun).toMatchObject({ result: { done: 7 }, error: null, by: { kind: 'admin' } });
    expect(Date.parse(lastRun.endedAt)).toBeGreaterThanOrEqual(Date.parse(lastRun.startedAt));
  });

  it('run once at a time, however often they are asked to', async () => {
    const before = runs;
    const { release } = held();
    await Promise.all(Array.from({ length: 5 }, () => call('POST /v1/admin/jobs/test/run')));
    await eventually(async () => (await job()).status === 'running');
    expect((await call('POST /v1/admin/jobs/test/run')).body.code).toBe('job_running');
    await service.app.get(JobRunner).run('media-files', by); // another one runs beside it
    release();
    await untilItRan('succeeded');
    expect(mostAtATime).toBe(1);
    expect(runs - before).toBe(1);
  });

  it('that fail are shown with the reason; only the first failure and the recovery are on record', async () => {
    const before = (await eventsOfJob()).length;
    work = () => Promise.reject(new Error('The moon is full'));
    for (let time = 0; time < 3; time += 1) await service.app.get(JobRunner).run('test', by);
    expect(await job()).toMatchObject({ lastRun: { outcome: 'failed', result: null, error: 'The moon is full' } });
    await eventually(async () => (await job()).failingSince !== null);
    expect(service.logged()).toContain('A job failed');
    work = async () => ({ done: 1 });
    for (let time = 0; time < 3; time += 1) await service.app.get(JobRunner).run('test', by);
    await eventually(async () => (await job()).failingSince === null);
    expect((await eventsOfJob()).slice(before).map(({ type }) => type)).toEqual(['JobFailed', 'JobRecovered']);
  });

  it('that were promised begin once that can be written', async () => {
    const before = runs;
    work = async () => ({ done: 3 });
    const disk = fullDisk();
    expect((await call('POST /v1/admin/jobs/test/run')).status).toBe(202);
    await eventually(() => disk.refused() > 1);
    expect(runs).toBe(before);
    disk.hasRoom();
    await eventually(() => runs > before);
    await untilItRan('succeeded');
    expect(runs - before).toBe(1);
  });

  it('that are due run although that cannot be written, which is made up for', async () => {
    const before = runs;
    work = async () => ({ done: 4 });
    const disk = fullDisk();
    await service.app.get(JobRunner).run('test', by);
    await service.app.get(JobRunner).run('test', by);
    expect(runs - before).toBe(2);
    expect((await disk.stored()).last.result).not.toEqual({ done: 4 });
    disk.hasRoom();
    await eventually(async () => (await disk.stored()).last.result.done === 4);
    expect((await disk.stored()).running).toBeNull();
  });

  it('whose end cannot be written can be run again', async () => {
    const { release } = held();
    await call('POST /v1/admin/jobs/test/run');
    await eventually(async () => (await job()).status === 'running');
    const disk = fullDisk();
    release();
    await untilItRan('succeeded');
    expect((await disk.stored()).running).not.toBeNull();
    disk.hasRoom();
    await eventually(async () => (await disk.stored()).running === null);
    expect((await call('POST /v1/admin/jobs/test/run')).status).toBe(202);
    await untilItRan('succeeded');
  });

  it('run again where somebody asked for one while it ended, also after a start', async () => {
    const before = runs;
    const { release } = held();
    await call('POST /v1/admin/jobs/test/run');
    await eventually(async () => (await job()).status === 'running');
    waitedFor = 2;
    release();
    await eventually(() => runs - before === 3);
    await untilItRan('succeeded');
    waitedFor = 1;
    await service.app.get(JobRunner).catchUp();
    expect(runs - before).toBe(4);
  });

  it('that are paused run only when they are asked to, also after a restart', async () => {
    const paused = await call('POST /v1/admin/jobs/test/pause');
    expect([paused.status, paused.body.status, paused.body.nextRunAt]).toEqual([200, 'paused', null]);
    await call('POST /v1/admin/jobs/test/run');
    await untilItRan('succeeded');
    await service.app.close();
    await start();
    expect(await job()).toMatchObject({ status: 'paused', lastRun: { outcome: 'succeeded' } });
    const resumed = await call('POST /v1/admin/jobs/test/resume');
    expect([resumed.status, resumed.body.status]).toEqual([200, 'waiting']);
    expect((await eventsOfJob()).slice(-3).map(({ type }) => type)).toEqual([
      'JobPaused',
      'JobRunRequested',
      'JobResumed',
    ]);
  });

  it('that a stop cuts off end at once, and run again after the start', async () => {
    held();
    await call('POST /v1/admin/jobs/test/run');
    await eventually(async () => (await job()).status === 'running');
    await service.app.close();
    await start();
    expect(await job()).toMatchObject({ status: 'waiting', lastRun: { outcome: 'interrupted' } });
    work = async () => ({ done: 2 });
    const before = runs;
    await service.app.get(JobRunner).catchUp();
    expect(await job()).toMatchObject({ lastRun: { outcome: 'succeeded', by: { kind: 'system', id: 'catch-up' } } });
    await service.app.get(JobRunner).catchUp();
    expect(runs - before).toBe(1);
  });
});
