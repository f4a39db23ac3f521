import { eventually } from '../support/eventually.js';
import { peakMemoryOf } from '../support/process-usage.js';
import { startService, type Service } from '../support/service.js';
import { median, type Figure, type Measured } from './harness.js';
import { longLog, shortLog, type BenchLog } from './long-log.js';

const short = 10_000;
const rounds = 3;
const catchUpTimeoutMs = 600_000;

const start = (directory: string): Service =>
  startService({ WAYBILL_DATA_DIR: directory, WAYBILL_WHATSAPP: 'live', WAYBILL_ADMIN_PASSWORD: 'a long password' });

type Start = { readonly seconds: number; readonly peakMegabytes: number };

/** From the start of the process until `/health/ready` answers 200; the service is then stopped in order. */
const startOnce = async (directory: string): Promise<Start> => {
  const begun = performance.now();
  const service = start(directory);
  const url = await eventually(() => /"url":"(http:[^"]+)"/.exec(service.output())?.[1] ?? false, catchUpTimeoutMs);
  await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, catchUpTimeoutMs);
  const measured = { seconds: (performance.now() - begun) / 1000, peakMegabytes: peakMemoryOf(service.process) };
  service.process.kill('SIGTERM');
  await service.ended();
  return measured;
};

/** The first start fills the views and makes the snapshots. */
const startTimes = async ({ directory }: BenchLog): Promise<{ readonly first: Start; readonly later: number }> => {
  const first = await startOnce(directory);
  const later: number[] = [];
  for (let round = 0; round < rounds; round += 1) later.push((await startOnce(directory)).seconds);
  return { first, later: median(later) };
};

const firstOf = ({ first: { seconds, peakMegabytes } }: { readonly first: Start }): string =>
  `${seconds.toFixed(1)} s, ${peakMegabytes.toFixed(0)} MB at most`;

const startTime = async (): Promise<Measured> => {
  const few = await startTimes(shortLog(short));
  const many = await startTimes(longLog());
  return {
    ratio: few.later / many.later,
    value: many.later,
    floor: few.later,
    notes: [`the first start, which fills the views: ${firstOf(many)}; with the shorter log ${firstOf(few)}`],
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
