import autocannon from 'autocannon';
import { Waybill, type TestUser } from '../support/waybill.js';
import { median, type Figure, type Measured } from './harness.js';

const connections = 20;
const seconds = 5;
const rounds = 5;

type Service = { readonly waybill: Waybill; readonly user: TestUser };

const started = async (days: number): Promise<Service> => {
  const waybill = await Waybill.start({ WAYBILL_REQUEST_LOG_DAYS: String(days) });
  return { waybill, user: await waybill.newUser({ requestsPerMinute: 100_000 }) };
};

/** Requests per second that read what is in memory: the less a request does, the more its log costs. */
const rateOf = async ({ waybill, user }: Service): Promise<number> => {
  const result = await autocannon({
    url: `${waybill.url}/v1/limits`,
    headers: { 'x-api-key': user.key },
    connections,
    duration: seconds,
  });
  const { '2xx': answers, non2xx, errors, duration } = result;
  if (non2xx + errors > 0) throw new Error(`${non2xx} refused, ${errors} failed`);
  return answers / duration;
};

/** The two by turns, after a warm-up of each. */
const measure = async (): Promise<Measured> => {
  const [without, withLog] = [await started(0), await started(30)];
  try {
    for (const service of [without, withLog]) await rateOf(service);
    const measured: { readonly floor: number; readonly product: number }[] = [];
    while (measured.length < rounds) measured.push({ floor: await rateOf(without), product: await rateOf(withLog) });
    const { body } = await withLog.waybill.admin('GET /v1/admin/system');
    const { dropped } = (body as { readonly requestLog: { readonly dropped: number } }).requestLog;
    return {
      ratio: median(measured.map(({ floor, product }) => product / floor)),
      value: median(measured.map(({ product }) => product)),
      floor: median(measured.map(({ floor }) => floor)),
      notes: [`${dropped} requests were left out of the log`],
    };
  } finally {
    await without.waybill.end();
    await withLog.waybill.end();
  }
};

export const requestLogFigures: readonly Figure[] = [
  {
    name: 'request-log',
    product: `reads over ${connections} connections, each request logged`,
    floor: 'the same with requests only counted (WAYBILL_REQUEST_LOG_DAYS=0)',
    unit: 'requests/s',
    aim: 0.9,
    run: measure,
  },
];
