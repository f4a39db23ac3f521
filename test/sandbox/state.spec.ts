import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { prepareLibsignal } from '../../libs/whatsapp-sandbox/phone/libsignal.js';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox/sandbox-process.js';
import { TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';

prepareLibsignal(); // the sandbox is elsewhere, and the client here would print its sessions

const [OWNER, CONTACT] = ['4915100000001', '4915100000002'];
const crashCount = 5;
/** What a crash may cost: the time between two writes of the state, and ten times as long as one takes, if that is longer. */
const maxLossWindowMs = 2_500;
const arrivalTimeoutMs = 60_000;

describe('a sandbox that keeps its state in a file', () => {
  let directory: string;
  let stateFile: string;
  let sandbox: SandboxProcess;
  let client: TestClient;
  /** When each message was acknowledged. */
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
        // fails when the sandbox goes away in the middle of it
        await client.socket.sendMessage(`${CONTACT}@s.whatsapp.net`, { text: 'x' }).catch(() => undefined);
        await setImmediate();
        for (const { attrs } of client.acks.slice(before)) acknowledged.set(attrs.id ?? '', Date.now());
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
    const now = Date.now();
    const old = [...acknowledged].flatMap(([id, at]) => (at < now - ms ? [id] : []));
    return old.length >= count && old;
  };
  const inbox = async (): Promise<string[]> => (await sandbox.ask.messages(CONTACT)).map(({ id }) => id);
  const talkBothWays = async (text: string): Promise<void> => {
    const sent = await client.socket.sendMessage(`${CONTACT}@s.whatsapp.net`, { text });
    await eventuallyRead(sent?.key.id ?? '');
    await sandbox.ask.say(CONTACT, OWNER, `${text}, too`);
    await client.received(`${text}, too`);
  };
  const eventuallyRead = async (id: string): Promise<void> => {
    const deadline = Date.now() + arrivalTimeoutMs;
    while (!(await inbox()).includes(id)) if (Date.now() > deadline) throw new Error(`${id} does not arrive`);
  };

  it('is whole again after each crash, forgets only what was new, and clients go on', async () => {
    for (let crash = 1; crash <= crashCount; crash++) {
      startSending();
      const enough = randomInt(1, 100); // so that it comes at another point of a write each time
      const old = await waitUntil(
        'some have been acknowledged for a while',
        () => olderThan(maxLossWindowMs, enough),
        arrivalTimeoutMs,
      );
      await sandbox.kill();
      await restart();
      expect(await inbox()).toEqual(expect.arrayContaining(old));
      await talkBothWays(`after crash ${crash}`);
      acknowledged.clear();
    }
  }, 240_000);

  it('forgets nothing that it has acknowledged when it is stopped in order', async () => {
    for (let stop = 1; stop <= 2; stop++) {
      startSending();
      await waitUntil('messages are under way', () => acknowledged.size > 20 * stop);
      await sandbox.end();
      await restart();
      const messages = await inbox();
      expect(messages).toEqual(expect.arrayContaining([...acknowledged.keys()]));
      expect(new Set(messages).size).toBe(messages.length);
      await talkBothWays(`after stop ${stop}`);
    }
  }, 120_000);
});
