import { pino } from 'pino';
import { startSandbox, type PhoneMessage, type Sandbox, type SandboxOptions } from '#lib/whatsapp-sandbox';
import { startControl } from '#lib/whatsapp-sandbox/control';
import { serveCalls } from './rpc.js';
import { cpu, memory } from './usage.js';

/*
 * A sandbox in its own process, controlled by the parent.
 */

let sandbox: Sandbox | undefined;
let control: Awaited<ReturnType<typeof startControl>> | undefined;

const running = (): Sandbox => {
  if (!sandbox) throw new Error('the sandbox is not running');
  return sandbox;
};
const phone = (number: string) => {
  const found = running().phones.get(number);
  if (!found) throw new Error(`unknown phone ${number}`);
  return found;
};

const calls = {
  start: async (options: SandboxOptions) => {
    sandbox = await startSandbox({ logger: pino({ level: 'warn' }, pino.destination(2)), ...options });
    const { url, port, caCertificate, rootPublicKey } = sandbox;
    control = await startControl(sandbox);
    return { url, controlUrl: control.url, port, caCertificate, rootPublicKey };
  },
  /** Stops as after SIGTERM. */
  stop: async () => {
    await control?.stop();
    await running().stop();
  },
  createPhones: (numbers: readonly string[]): void => {
    for (const number of numbers) running().phones.create({ number });
  },
  scan: async (number: string, qr: string): Promise<void> => void (await phone(number).scan(qr)),
  say: async (from: string, to: string, text: string): Promise<string> =>
    (await phone(from).send({ to, type: 'text', text })).id,
  messages: (number: string): readonly PhoneMessage[] => phone(number).messages(),
  connections: (): number => running().connections(),
  cpu,
  memory,
};
export type SandboxCalls = typeof calls;

serveCalls(calls);
