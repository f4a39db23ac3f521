import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { memoryOf, peakMemoryOf } from '../support/process-usage.js';
import { median, type Figure, type Measured } from './harness.js';
import { longLog, shortLog, startOn, type BenchLog } from './long-log.js';

const short = 10_000;
const rounds = 3;
const catchUpTimeoutMs = 600_000;

/** `megabytes`: of memory, held when it is ready. */
type Start = { readonly seconds: number; readonly megabytes: number; readonly peakMegabytes: number };

/** From the start of the process until `/health/ready` answers 200; the service is then stopped in order. */
const startOnce = async (directory: string): Promise<Start> => {
  const begun = performance.now();
  const service = startOn(directory);
  const url = await service.url();
  await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, catchUpTimeoutMs);
  const seconds = (performance.now() - begun) / 1000;
  const measured = { seconds, megabytes: memoryOf(service.process), peakMegabytes: peakMemoryOf(service.process) };
  service.process.kill('SIGTERM');
  await service.ended();
  return measured;
};

type Starts = {
  readonly first: Start;
  /** Without the views, which an operator may delete: they are made anew from the log. */
  readonly viewsAnew: Start;
  readonly later: number;
  readonly idleMegabytes: number;
};

/** The first start fills the views, lets the sagas follow, and makes the snapshots. */
const startTimes = async ({ directory }: BenchLog): Promise<Starts> => {
  const first = await startOnce(directory);
  const later: Start[] = [];
  for (let round = 0; round < rounds; round += 1) later.push(await startOnce(directory));
  const of = (pick: (start: Start) => number): number => median(later.map(pick));
  await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(join(directory, `views.db${suffix}`), { force: true })));
  const viewsAnew = await startOnce(directory);
  return { first, viewsAnew, later: of(({ seconds }) => seconds), idleMegabytes: of(({ megabytes }) => megabytes) };
};

const inFull = ({ seconds, peakMegabytes }: Start): string =>
  `${seconds.toFixed(1)} s, ${peakMegabytes.toFixed(0)} MB at most`;

const notesOn = ({ first, viewsAnew, idleMegabytes }: Starts): string =>
  `the first start ${inFull(first)}; with the views deleted ${inFull(viewsAnew)}; later starts hold ${idleMegabytes.toFixed(0)} MB`;

const startTime = async (): Promise<Measured> => {
  const few = await startTimes(await shortLog(short));
  const many = await startTimes(await longLog());
  return {
    ratio: few.later / many.later,
    value: many.later,
    floor: few.later,
    notes: [notesOn(many), `with the shorter log: ${notesOn(few)}`],
  };
};

export const startTimeFigures: readonly Figure[] = [
  {
    name: 'start-time',
    product: 'ready after a restart, with 1,000,000 events in the log',
    floor: `the same with ${short.toLocaleString('en')}`,
    unit: 's',
    aim: 1 / 1.5,
    run: startTime,
  },
];
