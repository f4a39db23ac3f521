import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox/sandbox-process.js';
import { TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';

const [OWNER, CONTACT] = ['4915100000001', '4915100000002'];
const crashCount = 5;
/** Messages older than this must survive a crash: the interval between two writes of the state, with a margin. */
const maxLossWindowMs = 2_500;
const arrivalTimeoutMs = 60_000;

describe('a sandbox that keeps its state in a file', () => {
  let directory: string;
  let stateFile: string;
  let sandbox: SandboxProcess;
  let client: TestClient;
  /** Time of the ack per message, on the monotonic clock. */
  const acknowledged = new Map<string, number>();
  let stopSending: () => Promise<void>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    stateFile = join(directory, 'state.json');
    sandbox = await startSandboxProcess({ stateFile });
    await sandbox.ask.createPhones([OWNER, CONTACT]);
    client = new TestClient(sandbox.url).connect();
    await sandbox.ask.scan(OWNER, await client.qr());
    await waitUntil('the client is told to restart', () => client.closedWith === 515);
    await client.reconnect();
    acknowledged.clear();
  });
  afterEach(async () => {
    await client.disconnect();
    await sandbox.kill();
    await rm(directory, { recursive: true });
  });

  const startSending = (): void => {
    const end = new AbortController();
    const send = async (): Promise<void> => {
      while (!end.signal.aborted) {
        const before = client.acks.length;
        // fails if the sandbox stops meanwhile
        await client.socket.sendMessage(`${CONTACT}@s.whatsapp.net`, { text: 'x' }).catch(() => undefined);
        await setImmediate();
        for (const { attrs } of client.acks.slice(before)) acknowledged.set(attrs.id ?? '', performance.now());
      }
    };
    const sender = send();
    stopSending = () => {
      end.abort();
      return sender;
    };
  };
  const restart = async (): Promise<void> => {
    await client.closed();
    await stopSending();
    const { version } = JSON.parse(await readFile(stateFile, 'utf8')) as { version: number };
    expect(version).toBe(1);
    sandbox = await startSandboxProcess({ stateFile, port: sandbox.port });
    await client.reconnect();
  };
  const olderThan = (ms: number, count: number): string[] | false => {
    const now = performance.now();
    const old = [...acknowledged].flatMap(([id, at]) => (at < now - ms ? [id] : []));
    return old.length >= count && old;
  };
  const inbox = async (): Promise<string[]> => (await sandbox.ask.messages(CONTACT)).map(({ id }) => id);
  const exchangeMessages = async (text: string): Promise<void> => {
    const sent = await client.socket.sendMessage(`${CONTACT}@s.whatsapp.net`, { text });
    await eventuallyRead(sent?.key.id ?? '');
    await sandbox.ask.say(CONTACT, OWNER, `${text}, too`);
    await client.received(`${text}, too`);
  };
  const eventuallyRead = async (id: string): Promise<void> => {
    const deadline = performance.now() + arrivalTimeoutMs;
    while (!(await inbox()).includes(id)) if (performance.now() > deadline) throw new Error(`${id} did not arrive`);
  };

  it('is consistent after each crash, loses only recent changes, and clients continue', async () => {
    for (let crash = 1; crash <= crashCount; crash++) {
      startSending();
      const enough = randomInt(1, 100); // so that the crash comes at different points of a write
      const old = await waitUntil(
        'some messages have been acknowledged for a while',
        () => olderThan(maxLossWindowMs, enough),
        arrivalTimeoutMs,
      );
      await sandbox.kill();
      await restart();
      expect(await inbox()).toEqual(expect.arrayContaining(old));
      await exchangeMessages(`after crash ${crash}`);
      acknowledged.clear();
    }
  }, 240_000);

  it('loses no acknowledged message on an orderly stop', async () => {
    for (let stop = 1; stop <= 2; stop++) {
      startSending();
      await waitUntil('messages are being sent', () => acknowledged.size > 20 * stop);
      await sandbox.end();
      await restart();
      const messages = await inbox();
      expect(messages).toEqual(expect.arrayContaining([...acknowledged.keys()]));
      expect(new Set(messages).size).toBe(messages.length);
      await exchangeMessages(`after stop ${stop}`);
    }
  }, 120_000);
});
