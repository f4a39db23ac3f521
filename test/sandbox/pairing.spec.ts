import './support/strict-signatures.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DisconnectReason } from '@whiskeysockets/baileys';
import type { RecordedNode, Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, TestClient, messageText } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { memoryAuth } from './support/memory-auth.js';
import { startTrustedSandbox } from './support/sandbox.js';

const isHello = ({ content }: RecordedNode): boolean =>
  Array.isArray(content) && content.some(({ attrs }: RecordedNode) => attrs.stage === 'companion_hello');

/** The only expected warning: the restart after linking. */
const restartWarning = 'stream errored out';

describe('linking', () => {
  let sandbox: Sandbox;
  const clients: TestClient[] = [];
  const newClient = (...args: ConstructorParameters<typeof TestClient> | []): TestClient => {
    const client = new TestClient(args[0] ?? sandbox.url, args[1], args[2]);
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    sandbox = await startTrustedSandbox({ transcript: 1_000 });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.disconnect();
    await sandbox.stop();
  });

  it('by QR code gives the client its identity, name and history, without warnings', async () => {
    const phone = sandbox.phones.create({ number: '+49 170 1234567', name: 'Shop' });
    const other = sandbox.phones.create();
    await phone.send({ to: other.number, type: 'text', text: 'before?' });
    await other.send({ to: phone.number, type: 'text', text: 'before!' });
    await waitUntil('the answer is there', () => phone.messages().length === 2);
    const client = await newClient().link(phone);
    await waitUntil('the history has arrived', () => client.history.length === 2);
    expect(client.history.map((message) => [messageText(message), message.key.remoteJid, message.key.fromMe])).toEqual(
      expect.arrayContaining([
        ['before?', jid(other), true],
        ['before!', jid(other), false],
      ]),
    );
    expect(client.socket.user).toMatchObject({
      id: `${phone.number}:1@s.whatsapp.net`,
      lid: `${phone.lid}:1@lid`,
      name: 'Shop',
    });
    expect(phone.devices()).toMatchObject([{ device: 1, connected: true }]);
    await waitUntil('the client has the key to the settings', () => client.auth.creds.myAppStateKeyId);
    await client.disconnect();
    await client.reconnect();
    expect(client.warnings.map(({ msg }) => msg)).toEqual([restartWarning]);
  });

  it('by pairing code needs the right code and allows a second attempt', async () => {
    const phone = sandbox.phones.create();
    const client = newClient().connect();
    await client.qr();
    const code = await client.socket.requestPairingCode(phone.number);
    const asked = () => sandbox.transcript.entries().filter(({ stanza }) => isHello(stanza)).length;
    await waitUntil('the server has the request', () => asked() === 1);
    await expect(phone.enterCode(code === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA')).rejects.toMatchObject({
      code: 'wrong_code',
    });
    const second = await client.socket.requestPairingCode(phone.number);
    await waitUntil('the server has the second request', () => asked() === 2);
    await phone.enterCode(`${second.slice(0, 4)}-${second.slice(4)}`.toLowerCase());
    await waitUntil('the client is told to restart', () => client.closedWith === DisconnectReason.restartRequired);
    await client.reconnect();
    expect(client.socket.user?.id).toBe(`${phone.number}:1@s.whatsapp.net`);
  });

  it('is refused for QR codes that are unknown, expired or forged', async () => {
    const phone = sandbox.phones.create();
    await expect(phone.scan('hello')).rejects.toMatchObject({ code: 'invalid_argument' });
    const qr = await newClient().connect().qr();
    const forged = qr.split(',').with(2, Buffer.alloc(32).toString('base64')).join(',');
    await expect(phone.scan(forged)).rejects.toMatchObject({ code: 'companion_refused' });
    await expect(phone.scan(qr.replace('#2@', '#2@x'))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('ends when the QR references have expired', async () => {
    await sandbox.stop();
    sandbox = await startTrustedSandbox({ limits: { qrRefMs: 40 } });
    const phone = sandbox.phones.create();
    // Shorter than on the server, which would otherwise close the connection first.
    const client = newClient(sandbox.url, undefined, { qrTimeout: 10 }).connect();
    const first = await client.qr();
    expect(await client.closed()).toBe(DisconnectReason.timedOut);
    expect(new Set(client.qrs).size).toBe(6);
    await expect(phone.scan(first)).rejects.toMatchObject({ code: 'not_found' });
    const late = newClient(sandbox.url, undefined, { qrTimeout: 60_000 }).connect();
    const expired = await late.qr();
    const shown = performance.now();
    await waitUntil('the reference has expired', () => performance.now() > shown + 60);
    await expect(phone.scan(expired)).rejects.toMatchObject({ code: 'pairing_expired' });
  });

  it('allows four clients per phone, each with its own device number', async () => {
    const phone = sandbox.phones.create();
    for (let device = 1; device <= 4; device++) {
      const client = await newClient().link(phone);
      expect(client.socket.user?.id).toBe(`${phone.number}:${device}@s.whatsapp.net`);
    }
    const fifth = newClient().connect();
    await expect(phone.scan(await fifth.qr())).rejects.toMatchObject({ code: 'too_many_devices' });
  });
});

describe('a linked client', () => {
  let directory: string;
  let sandbox: Sandbox;

  const start = (port = 0): Promise<Sandbox> =>
    startTrustedSandbox({ port, stateFile: join(directory, 'sandbox.json') });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    sandbox = await start();
  });
  afterEach(async () => {
    await sandbox.stop();
    await rm(directory, { recursive: true });
  });

  it('is replaced by another connection of the same device', async () => {
    const { client } = await linkedPhone(sandbox);
    const second = new TestClient(sandbox.url, client.auth);
    await second.reconnect();
    expect(await client.closed()).toBe(DisconnectReason.connectionReplaced);
    expect(sandbox.connections()).toBe(1);
    await second.disconnect();
  });

  it('can log out, and cannot log in afterwards', async () => {
    const { phone, client } = await linkedPhone(sandbox);
    await client.socket.logout();
    expect(await client.closed()).toBe(DisconnectReason.loggedOut);
    await waitUntil('the phone has no device', () => phone.devices().length === 0);
    expect(await client.connect().closed()).toBe(DisconnectReason.loggedOut);
  });

  it('gets 401 when the phone unlinks it', async () => {
    const { phone, client } = await linkedPhone(sandbox);
    phone.unlink(1);
    expect(await client.closed()).toBe(DisconnectReason.loggedOut);
    expect(await client.connect().closed()).toBe(DisconnectReason.loggedOut);
    expect(() => phone.unlink(1)).toThrow('no linked device 1');
  });

  it('cannot log in without its key', async () => {
    const { client } = await linkedPhone(sandbox);
    const stranger = memoryAuth();
    stranger.creds.me = client.auth.creds.me!;
    expect(await new TestClient(sandbox.url, stranger).connect().closed()).toBe(DisconnectReason.loggedOut);
    expect(client.open).toBe(true);
    await client.disconnect();
  });

  it('continues after a restart of the sandbox with its sessions, queues and messages', async () => {
    const { phone, client } = await linkedPhone(sandbox);
    const contact = sandbox.phones.create({ name: 'Ada' });
    await contact.send({ to: phone.number, type: 'text', text: 'one' });
    await client.received('one');
    const before = await client.socket.sendMessage(jid(contact), { text: 'two' });
    await waitUntil('the contact reads it', () => contact.messages().some(({ text }) => text === 'two'));
    await client.disconnect();
    contact.set({ online: false });
    const { port } = sandbox;
    await sandbox.stop();

    sandbox = await start(port);
    const [again, phoneAgain] = [sandbox.phones.get(contact.number)!, sandbox.phones.get(phone.number)!];
    expect(again.messages().map(({ text }) => text)).toEqual(['one', 'two']);
    expect(again.settings.online).toBe(false);
    again.set({ online: true });
    await again.send({ to: phone.number, type: 'text', text: 'while you were away' });
    await client.reconnect();
    await client.received('while you were away');
    await client.socket.sendMessage(jid(contact), { text: 'three' });
    await waitUntil('the contact reads on', () => again.messages().some(({ text }) => text === 'three'));
    expect(phoneAgain.messages().filter(({ text }) => text === 'three')).toHaveLength(1);
    expect(again.messages().find(({ id }) => id === before?.key.id)?.duplicate).toBeUndefined();
    expect(client.warnings.filter(({ msg }) => msg !== restartWarning)).toEqual([]);
    await client.disconnect();
  });
});
