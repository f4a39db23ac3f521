import './support/strict-signatures.js';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { linkedPhone } from './support/client.js';
import { startTrustedSandbox } from './support/sandbox.js';

describe('a hostile client', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTrustedSandbox({ limits: { handshakeMs: 4_000, handshakeFrameBytes: 1_000 } });
  });
  afterAll(() => sandbox.stop());

  const closes = (socket: WebSocket): Promise<unknown> =>
    new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.once('close', resolve);
    });

  it.each<[string, Buffer, number?]>([
    ['sends another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['announces a huge frame', Buffer.from([0x57, 0x41, 6, 3, 0xff, 0xff, 0xff])],
    ['sends an invalid hello', Buffer.from([0x57, 0x41, 6, 3, 0, 0, 4, 1, 2, 3, 4])],
    ['sends a message that is too large', Buffer.alloc(2 ** 22), 1009],
    ['sends nothing', Buffer.alloc(0)],
  ])('is dropped when it %s', async (_what, bytes, code = 1006) => {
    const socket = new WebSocket(sandbox.url);
    socket.once('open', () => socket.send(bytes));
    expect(await closes(socket)).toBe(code);
  });

  it('that never upgrades does not prevent the sandbox from stopping', async () => {
    const other = await startSandbox();
    const socket = connect(other.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')));
    await other.stop();
    await other.stop();
    expect(await closed).toBe('closed');
  });

  it('does not affect others', async () => {
    const { phone, client } = await linkedPhone(sandbox);
    const bad = new WebSocket(sandbox.url);
    bad.once('open', () => bad.send(Buffer.alloc(100, 7)));
    await closes(bad);
    await sandbox.phones.create().send({ to: phone.number, type: 'text', text: 'unaffected' });
    expect((await client.received('unaffected')).key.fromMe).toBe(false);
    await client.disconnect();
  });
});
