import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox/sandbox-process.js';
import { TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';

const [OWNER, CONTACT] = ['4915100000001', '4915100000002'];
const crashCount = 3;
/**
 * A message must survive a crash after so many writes of the state that were seen after its ack: one may have been seen late, one may have
 * begun before.
 */
const writesUntilSafe = 3;
const arrivalTimeoutMs = 60_000;
/** Between two messages: several are sent while the state is written, and not as many as two processes can. */
const pauseMs = 10;

describe('a sandbox that keeps its state in a file', () => {
  let directory: string;
  let stateFile: string;
  let sandbox: SandboxProcess;
  let client: TestClient;
  /** How many writes of the state had been seen at the ack, per message. */
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
        await delay(pauseMs);
        for (const { attrs } of client.acks.slice(before)) acknowledged.set(attrs.id ?? '', writesSeen());
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
  /** Each write replaces the file. */
  let lastFile = 0;
  let writes = 0;
  const writesSeen = (): number => {
    const { ino } = statSync(stateFile, { throwIfNoEntry: false }) ?? { ino: 0 };
    if (ino !== lastFile) writes += 1;
    lastFile = ino;
    return writes;
  };
  const safe = (count: number): string[] | false => {
    const now = writesSeen();
    const old = [...acknowledged].flatMap(([id, at]) => (now - at >= writesUntilSafe ? [id] : []));
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
      const old = await waitUntil('some acknowledged messages are stored', () => safe(enough), arrivalTimeoutMs);
      await sandbox.kill();
      await restart();
      for (const id of old) await eventuallyRead(id);
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
