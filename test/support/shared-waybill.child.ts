import type { Lent } from './shared-waybill.js';
import { Waybill } from './waybill.js';

/** A third of what a token lasts. */
const tokenAgeMs = 5 * 60_000;
/** Of what a service printed that ended by itself. */
const maxOutputChars = 4000;

if (!process.connected) process.exit();

/** Many specs come from one address, and have more sessions together than an installation has by default. */
const started = Waybill.start({
  WAYBILL_MAX_SESSIONS: '1000',
  WAYBILL_HTTP_MAX_CONNECTIONS_PER_ADDRESS: '4096',
  WAYBILL_HTTP_UNKNOWN_PER_MINUTE: '1000000',
  WAYBILL_OUTBOUND_ALLOW: '127.0.0.1',
});

// Jest has ended, however it did: nobody else ends what runs here. A terminal sends its signals to all processes at once.
process.once('disconnect', () => void started.then((waybill) => waybill.end()).finally(() => process.exit()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const waybill = await started;
const watch = async (): Promise<void> => {
  const how = await waybill.ended();
  if (!process.connected) return; // it is being ended
  process.stderr.write(`The shared service ended by itself (${how}): ${waybill.output().slice(-maxOutputChars)}\n`);
  process.disconnect();
};
void watch();
const lend = async (): Promise<void> => {
  const { url, sandbox } = waybill;
  const token = await waybill.logIn();
  process.send?.({ url, sandbox: { url: sandbox.url, controlUrl: sandbox.controlUrl }, token } satisfies Lent);
};
const tell = (error: unknown): void => {
  if (process.connected) process.stderr.write(`The shared service lends no token: ${String(error)}\n`);
};
await lend().catch((error: unknown) => {
  tell(error);
  if (process.connected) process.disconnect();
});
setInterval(() => void lend().catch(tell), tokenAgeMs); // the last token lasts three times as long
