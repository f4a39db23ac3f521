import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { generateKeyPair, SigningKey, type KeyPair } from '#lib/curve25519';
import { child, el, nodeText, type BinaryNode } from '../../libs/whatsapp-sandbox/transport/wire.js';
import { HostileClient } from '../support/sandbox/hostile-client.js';
import { HealthySession } from '../support/sandbox/healthy-session.js';
import { registration, registrationPayload } from '../support/sandbox/registration.js';
import { waitUntil } from './support/wait-until.js';

describe('a hostile client that is not linked', () => {
  let sandbox: Sandbox;
  let pulse: HealthySession;
  let files: { readonly host: string; readonly port: number };
  const errors: string[] = [];

  beforeAll(async () => {
    const nothing = (): void => undefined;
    const error = (details: object, message: string) => void errors.push(`${message} ${JSON.stringify(details)}`);
    const logger = { debug: nothing, info: nothing, warn: nothing, error };
    sandbox = await startSandbox({ logger, limits: { qrRefMs: 1_000 } });
    pulse = await HealthySession.start(sandbox);
    const [sender, receiver] = [sandbox.phones.create(), sandbox.phones.create()];
    const { media } = await sender.send({ to: receiver.number, type: 'image', bytes: Buffer.alloc(10) });
    const { hostname, port } = new URL(media?.url ?? '');
    files = { host: hostname, port: Number(port) };
  });
  afterAll(async () => {
    try {
      await pulse.stop();
    } finally {
      await sandbox.stop();
    }
    expect(errors).toEqual([]);
  });

  const identity = SigningKey.generate();
  const newcomer = async (noiseKey: KeyPair): Promise<{ client: HostileClient; qr: string }> => {
    const client = await HostileClient.open(sandbox.url, noiseKey, registrationPayload(registration(identity)));
    const offer = await client.until((node) => child(node, 'pair-device') !== undefined);
    const ref = nodeText(child(child(offer, 'pair-device'), 'ref'));
    const keys = [noiseKey.publicKey, identity.publicKey, Buffer.alloc(32)].map((key) => key.toString('base64'));
    return { client, qr: `${ref},${keys.join()}` };
  };

  it('does not become a device with invalid answers', async () => {
    const phone = sandbox.phones.create();
    const answers: ((id: string) => BinaryNode)[] = [
      (id) => el('iq', { id, type: 'error' }),
      (id) => el('iq', { id, type: 'result' }, [el('pair-device-sign', {}, Buffer.alloc(10))]),
      (id) => {
        const rubbish = el('device-identity', {}, Buffer.alloc(200, 255));
        return el('iq', { id, type: 'result' }, [el('pair-device-sign', {}, [rubbish])]);
      },
    ];
    for (const answer of answers) {
      const { client, qr } = await newcomer(generateKeyPair());
      const outcome = phone.scan(qr).catch((error: unknown) => error);
      const offer = await client.until((node) => child(node, 'pair-success') !== undefined);
      client.sendNode(answer(offer?.attrs.id ?? ''));
      expect(await outcome).toMatchObject({ code: 'companion_refused' });
      await client.leave();
    }
    const { client, qr } = await newcomer(generateKeyPair());
    const outcome = phone.scan(qr).catch((error: unknown) => error);
    await client.leave();
    expect(await outcome).toMatchObject({ code: 'companion_refused' });
    expect(phone.devices()).toEqual([]);
  });

  it('is refused if its key exchange for a pairing code is invalid', async () => {
    const phone = sandbox.phones.create();
    const hello = (wrapped: Buffer) =>
      el('link_code_companion_reg', { jid: `${phone.number}@s.whatsapp.net`, stage: 'companion_hello' }, [
        el('link_code_pairing_wrapped_companion_ephemeral_pub', {}, wrapped),
      ]);
    const finish = el('link_code_companion_reg', { stage: 'companion_finish' }, [
      el('link_code_pairing_wrapped_key_bundle', {}, Buffer.alloc(9)),
    ]);
    const { client } = await newcomer(generateKeyPair());
    const ask = async (id: string, request: BinaryNode): Promise<void> => {
      client.sendNode(el('iq', { id, type: 'set', xmlns: 'md' }, [request]));
      await client.until(({ attrs }) => attrs.id === id);
    };
    for (const length of [0, 31, 79, 200]) {
      await ask(`hello ${length}`, hello(Buffer.alloc(length)));
      await expect(phone.enterCode('AAAAAAAA')).rejects.toMatchObject({ code: 'companion_refused' });
    }
    await ask('hello', hello(Buffer.alloc(80, 7)));
    const outcome = phone.enterCode('AAAAAAAA').catch((error: unknown) => error);
    await client.until(({ tag }) => tag === 'notification');
    await ask('finish', finish);
    expect(await outcome).toMatchObject({ code: 'wrong_code' });
    await client.leave();
    await expect(phone.enterCode('AAAAAAAA')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is dropped if it stays without being linked', async () => {
    const { client } = await newcomer(generateKeyPair());
    await client.dropped();
    expect(client.isClosed).toBe(true);
  });

  const ended = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.once('close', () => resolve());
    });
  /** Sends a byte now and then, without end. */
  const trickle = (socket: Socket, text: string): void => {
    let sent = 0;
    const timer = setInterval(() => socket.write(text[sent++ % text.length] ?? ''), 200);
    socket.once('close', () => clearInterval(timer));
  };
  it('that requests a WebSocket or a file very slowly is disconnected', async () => {
    const slow = [
      connect(sandbox.port, '127.0.0.1'),
      connectTls({ ...files, ca: sandbox.caCertificate }),
      connect(files), // never starts the TLS handshake
    ];
    const ends = Promise.all(slow.map(ended));
    trickle(slow[0]!, 'GET /ws/chat HTTP/1.1\r\nX-Slow: ');
    trickle(slow[1]!, 'GET /v/nothing HTTP/1.1\r\nX-Slow: ');
    await ends;
    expect(slow.every(({ destroyed }) => destroyed)).toBe(true);
  }, 60_000);

  it('achieves nothing with invalid HTTP, on the client port and on the media port', async () => {
    const rubbish = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(
          fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'x'),
          fc.webPath(),
          fc.string({ unit: 'binary', maxLength: 60 }),
        )
        .map(([method, path, rest]) =>
          Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n${rest}\r\n\r\n`),
        ),
      fc
        .tuple(fc.constantFrom('GET', 'POST'), fc.stringMatching(/^[\w-]{43}$/), fc.string(), fc.string())
        .map(([method, id, auth, range]) =>
          Buffer.from(
            `${method} /${method === 'GET' ? `v/${id}.enc` : `mms/image/${id}?auth=${encodeURIComponent(auth)}`} HTTP/1.1\r\nHost: x\r\nRange: ${encodeURIComponent(range)}\r\n\r\n`,
          ),
        ),
    );
    let attempts = 0;
    await fc.assert(
      fc.asyncProperty(rubbish, fc.constantFrom('clients', 'files', 'tls'), async (bytes, where) => {
        const socket =
          where === 'clients'
            ? connect(sandbox.port, '127.0.0.1')
            : where === 'files'
              ? connectTls({ ...files, ca: sandbox.caCertificate })
              : connect(files);
        const end = ended(socket);
        socket.end(bytes);
        await end;
        attempts += 1;
      }),
      { numRuns: 300 },
    );
    expect(attempts).toBe(300);
    await waitUntil('the healthy session continues', () => pulse.roundTrips > 10);
  }, 60_000);
});
