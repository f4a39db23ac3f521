import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServiceProcess } from './demo/service-process.js';
import { tell } from './demo/story.js';
import { inWords } from './platform/in-words.js';

/*
 * Demonstrates Waybill in the terminal, with the sandbox in WhatsApp's place, on a temporary data directory.
 */

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const step = (text: string): void => print(`\n→ ${text}`);
const show = (text: string): void => print(text.replaceAll(/^/gm, '  '));

const main = async (): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'waybill-demo-'));
  const admin = { email: 'owner@example.com', password: randomBytes(18).toString('base64url') };

  step('Waybill starts, with a WhatsApp sandbox beside it');
  const service = await startServiceProcess(new URL('./main.js', import.meta.url), {
    WAYBILL_DATA_DIR: directory,
    WAYBILL_ADMIN_EMAIL: admin.email,
    WAYBILL_ADMIN_PASSWORD: admin.password,
    WAYBILL_WHATSAPP: 'sandbox',
    PORT: '0',
    SANDBOX_PORT: '0',
    SANDBOX_CONTROL_PORT: '0',
    LOG_LEVEL: 'info',
  });
  try {
    show(`${service.url}, phones at ${service.phones}`);
    await tell({ url: service.url, phones: service.phones, admin, step, show });
    print('\nDone. Everything above went over HTTP and WhatsApp’s own protocol; nothing left this machine.');
  } finally {
    await service.stop();
    await rm(directory, { recursive: true, force: true });
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`${inWords(error)}\n`);
  process.exitCode = 1;
});
