import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RawBaileysCalls } from '../support/sandbox/raw-baileys.child.js';
import { forkChild } from '../support/sandbox/rpc.js';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox/sandbox-process.js';

const sessionCount = 50;
const messagesPerSession = 8;
const numbers = (first: number): readonly string[] =>
  Array.from({ length: sessionCount }, (_, index) => String(first + index));
const sorted = (values: Iterable<string>): readonly string[] => [...values].sort();

describe('fifty sessions at once', () => {
  const owners = numbers(491_510_000_000);
  const contacts = numbers(491_520_000_000);
  let sandbox: SandboxProcess;
  let clients: ReturnType<typeof forkChild<RawBaileysCalls>>;

  beforeAll(async () => {
    sandbox = await startSandboxProcess();
    await sandbox.ask.createPhones([...owners, ...contacts]);
    clients = forkChild('support/sandbox/raw-baileys.child.js');
  });
  afterAll(async () => {
    clients.child.kill();
    await sandbox.end();
  });

  it('are linked', async () => {
    const link = async (owner: string, index: number): Promise<void> => {
      await sandbox.ask.scan(owner, await clients.calls.show(sandbox.url));
      await clients.calls.linked(index);
    };
    await Promise.all(owners.map(link));
    expect(await sandbox.ask.connections()).toBe(sessionCount);
  }, 240_000);

  it('send messages, each of which arrives once', async () => {
    /** Each session writes to all contacts in turn, so that no two write to the same contact at a time. */
    const write = async (_owner: string, index: number): Promise<readonly (readonly [to: string, id: string])[]> => {
      const sent: (readonly [string, string])[] = [];
      for (let round = 0; round < messagesPerSession; round++) {
        const to = contacts[(index + round) % sessionCount]!;
        sent.push([to, await clients.calls.write(index, to, `${index}/${round}`)]);
      }
      return sent;
    };
    const sent = (await Promise.all(owners.map(write))).flat();
    await clients.calls.settled();
    expect(new Set(sent.map(([, id]) => id)).size).toBe(sessionCount * messagesPerSession);
    for (const contact of contacts) {
      const read = (await sandbox.ask.messages(contact)).map(({ id }) => id);
      expect(sorted(read)).toEqual(sorted(sent.flatMap(([to, id]) => (to === contact ? id : []))));
    }
    for (const owner of owners) expect(await sandbox.ask.messages(owner)).toHaveLength(messagesPerSession);
  }, 240_000);

  it('reconnect', async () => {
    await clients.calls.reconnect();
    expect(await sandbox.ask.connections()).toBe(sessionCount);
  }, 240_000);
});
