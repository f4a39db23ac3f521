import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Phone, type Sandbox } from '#lib/whatsapp-sandbox';
import { SigningKey } from '#lib/curve25519';
import { el, encodeNode, type BinaryNode } from '../../libs/whatsapp-sandbox/transport/wire.js';
import { HostileAccount } from '../support/sandbox/hostile-account.js';
import type { HostileClient } from '../support/sandbox/hostile-client.js';
import { jid, linkedPhone, type TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';

type Coder = { encode(message: object): { finish(): Uint8Array } };
const { PreKeyWhisperMessage, WhisperMessage } = createRequire(import.meta.url)('libsignal/src/protobufs.js') as {
  readonly PreKeyWhisperMessage: Coder;
  readonly WhisperMessage: Coder;
};

const limits = {
  accounts: 40,
  framesPerSecond: 100,
  idleMs: 10_000, // a healthy client on a busy machine is not idle for so long
  messageBytesPerPhone: 20_000,
  waitingBytesPerDevice: 20_000,
};

describe('a hostile linked client', () => {
  let sandbox: Sandbox;
  let account: HostileAccount;
  let healthy: { readonly phone: Phone; readonly client: TestClient };
  let victim: Phone;
  let hostile: HostileClient;
  const errors: string[] = [];

  beforeAll(async () => {
    const nothing = (): void => undefined;
    const error = (details: object, message: string) => void errors.push(`${message} ${JSON.stringify(details)}`);
    sandbox = await startSandbox({ limits, logger: { debug: nothing, info: nothing, warn: nothing, error } });
    account = await HostileAccount.create(sandbox);
    healthy = await linkedPhone(sandbox, 'Healthy', { keepAliveIntervalMs: 1_000 });
    victim = sandbox.phones.create();
    hostile = await account.connect();
  });
  afterAll(async () => {
    await healthy.client.disconnect();
    await hostile.leave();
    await sandbox.stop();
    expect(errors).toEqual([]);
  });

  const iq = (xmlns: string, type: 'get' | 'set', content: BinaryNode[], id: string): BinaryNode =>
    el('iq', { id, type, xmlns, to: '@s.whatsapp.net' }, content);
  let lastId = 0;
  /** Returns the error code of the answer, or `result`. */
  const ask = async (xmlns: string, type: 'get' | 'set', content: BinaryNode[]): Promise<string | undefined> => {
    const id = `q${lastId++}`;
    hostile.sendNode(iq(xmlns, type, content, id));
    const answer = await hostile.until(({ attrs }) => attrs.id === id);
    return Array.isArray(answer?.content) && answer.attrs.type === 'error'
      ? answer.content[0]?.attrs.code
      : answer?.attrs.type;
  };
  const message = (to: string, ciphertext: Buffer, attrs: { readonly [name: string]: string } = {}): BinaryNode =>
    el('message', { id: `m${lastId++}`, to, type: 'text', ...attrs }, [
      el('participants', {}, [el('to', { jid: to }, [el('enc', { v: '2', type: 'msg' }, ciphertext)])]),
    ]);

  const nested = (depth: number): BinaryNode => {
    let node = el('iq');
    for (let level = 0; level < depth; level++) node = el('iq', {}, [node]);
    return node;
  };
  const zip = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(2), deflateSync(bytes)]);
  it.each<[string, () => readonly Buffer[]]>([
    ['deeply nested nodes', () => [encodeNode(nested(1_000))]],
    ['a decompression bomb', () => [zip(Buffer.alloc(2 ** 25))]],
    ['invalid compressed data', () => [Buffer.from([2, 1, 2, 3])]],
    ['too many nodes', () => [encodeNode(el('a', {}, Array(60_000).fill(el('b', {}, [el('c')]))))]],
    ['a very long attribute', () => [encodeNode(el('iq', { id: 'x'.repeat(10_000) }))]],
    ['too many frames', () => Array<Buffer>(1_200).fill(encodeNode(el('presence')))],
    [
      'a receipt for too many messages',
      () => [encodeNode(el('receipt', { id: '1', to: jid(victim) }, [el('list', {}, Array(5_000).fill(el('item')))]))],
    ],
    [
      'a message for too many devices',
      () => [
        encodeNode(el('message', { id: '1', to: jid(victim) }, [el('participants', {}, Array(5_000).fill(el('to')))])),
      ],
    ],
  ])('is dropped if it sends %s', async (_what, plains) => {
    for (const plain of plains()) hostile.sendPlain(plain);
    await hostile.dropped();
    hostile = await account.connect();
    expect(await hostile.isServed()).toBe(true);
  });

  it('is dropped if it repeats or modifies a frame', async () => {
    const frame = hostile.seal(encodeNode(el('presence')));
    const framed = Buffer.concat([Buffer.from([0, 0, frame.length]), frame]);
    hostile.sendBytes(framed);
    expect(await hostile.isServed()).toBe(true);
    hostile.sendBytes(framed);
    await hostile.dropped();
    hostile = await account.connect();
    hostile.sendBytes(Buffer.concat([Buffer.from([0, 0, 20]), Buffer.alloc(20)]));
    await hostile.dropped();
  });

  it('is dropped if it is idle for too long', async () => {
    const silent = await account.connect();
    await silent.dropped();
    hostile = await account.connect();
    expect(healthy.client.open).toBe(true);
  });

  it('gets ordinary answers to names of Object.prototype', async () => {
    for (const xmlns of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(await ask(xmlns, 'get', [])).toBe('result');
      hostile.sendNode(el('receipt', { id: 'x', to: jid(victim), type: xmlns }));
    }
    expect(await hostile.isServed()).toBe(true);
  });

  it('cannot upload invalid or too many keys', async () => {
    const key = (id: number, bytes = 32): BinaryNode =>
      el('key', {}, [el('id', {}, Buffer.from([0, id >> 8, id & 0xff])), el('value', {}, Buffer.alloc(bytes, 1))]);
    const store = (...keys: BinaryNode[]) => ask('encrypt', 'set', [el('list', {}, keys)]);
    const { preKeys } = account.phone.account.companions.get(1)!;
    const before = preKeys.length;
    expect(await store(key(5_001), key(5_002, 31))).toBe('406');
    expect(await store(el('key', {}, [el('id', {}, Buffer.alloc(6, 255)), el('value', {}, Buffer.alloc(32))]))).toBe(
      '406',
    );
    expect(await store(...Array.from({ length: 5_000 }, (_, index) => key(index + 5_000)))).toBe('406');
    expect(
      await ask('encrypt', 'set', [
        el('rotate', {}, [
          el('skey', {}, [...(key(1).content as BinaryNode[]), el('signature', {}, Buffer.alloc(64))]),
        ]),
      ]),
    ).toBe('406');
    expect(preKeys).toHaveLength(before);
    expect(await store(key(5_003))).toBe('result');
  });

  it('cannot create more accounts than the limit', async () => {
    const usync = (count: number) => {
      const users = Array.from({ length: count }, (_, index) =>
        el('user', { jid: `${4_916_000_000_000 + index}@s.whatsapp.net` }),
      );
      return [el('usync', {}, [el('query', {}, [el('devices', { version: '2' })]), el('list', {}, users)])];
    };
    expect(await ask('usync', 'get', usync(5_000))).toBe('400');
    expect(await ask('usync', 'get', usync(1_000))).toBe('result');
    expect(sandbox.phones.list()).toHaveLength(limits.accounts);
  });

  it('cannot fill the memory with app state', async () => {
    const patch = el('collection', { name: 'regular', version: '0' }, [el('patch', {}, Buffer.from([255, 255]))]);
    expect(await ask('w:sync:app:state', 'set', [el('sync', {}, [patch])])).toBe('400');
    const unknown = el('collection', { name: '__proto__', version: '0' }, [el('patch', {}, Buffer.alloc(0))]);
    expect(await ask('w:sync:app:state', 'set', [el('sync', {}, [unknown])])).toBe('result');
    expect(Object.keys(account.phone.account.appState.snapshot())).not.toContain('__proto__');
  });

  it('cannot fill the memory with messages to offline devices', async () => {
    victim.set({ online: false });
    await healthy.client.disconnect();
    const to = jid(healthy.phone);
    for (let sent = 0; sent < 100; sent++) {
      hostile.sendNode(message(jid(victim), Buffer.alloc(1_000)));
      hostile.sendNode(message(`${healthy.phone.number}:1@s.whatsapp.net`, Buffer.alloc(1_000), { to }));
    }
    expect(await hostile.isServed()).toBe(true);
    expect(healthy.phone.devices()[0]?.waiting).toBeLessThan(20);
    expect(JSON.stringify(victim.snapshot().mailbag).length).toBeLessThan(2 * limits.waitingBytesPerDevice);
    victim.set({ online: true });
    await healthy.client.reconnect();
    await waitUntil('all queued stanzas are confirmed', () => healthy.phone.devices()[0]?.waiting === 0);
  });

  it('cannot break a healthy client with attributes that it cannot encode', async () => {
    const to = jid(healthy.phone);
    const device = `${healthy.phone.number}:1@s.whatsapp.net`;
    const names = ['constructor', 'a@', '@', '__proto__', '1:2:3@lid', '\ud800', '0'.repeat(300), '@@'];
    for (const id of names) {
      const meta = [el('meta', { [id]: id }, [nested(10)]), el('device-identity', {}, [nested(3)])];
      const { tag, attrs, content } = message(device, Buffer.alloc(50), { id, to, type: id, edit: id });
      hostile.sendNode({ tag, attrs, content: [...(content as BinaryNode[]), ...meta] });
      hostile.sendNode(el('receipt', { id, to, type: 'retry' }, [el('retry', { count: id }), nested(5)]));
      hostile.sendNode(el('receipt', { id, to, type: 'read' }));
    }
    expect(await hostile.isServed()).toBe(true);
    await victim.send({ to: healthy.phone.number, type: 'text', text: 'all is well' });
    await healthy.client.received('all is well');
    expect(healthy.client.open).toBe(true);
  });

  it('gets an error for a message that cannot be passed on', async () => {
    for (const id of ['a@', 'constructor', 'x'.repeat(200)]) {
      hostile.sendNode({ ...message(jid(victim), Buffer.alloc(50)), attrs: { id, to: jid(victim), type: 'text' } });
      expect((await hostile.until(({ attrs }) => attrs.id === id))?.attrs.error).toBe('400');
    }
  });
});

describe('thousands of ciphertexts that are slow to decrypt', () => {
  it('do not block other clients', async () => {
    const sandbox = await startSandbox();
    const hostile = await (await HostileAccount.create(sandbox)).connect();
    const victim = sandbox.phones.create();
    const { publicKey } = SigningKey.generate();
    const key = Buffer.concat([Buffer.of(5), publicKey]);
    const inner = WhisperMessage.encode({
      ephemeralKey: key,
      counter: 0,
      previousCounter: 0,
      ciphertext: key,
    }).finish();
    const outer = PreKeyWhisperMessage.encode({
      registrationId: 1,
      signedPreKeyId: 1,
      baseKey: key,
      identityKey: key,
      message: Buffer.concat([Buffer.of(0x33), inner, Buffer.alloc(8)]),
    }).finish();
    const enc = el('enc', { v: '2', type: 'pkmsg' }, Buffer.concat([Buffer.of(0x33), outer]));
    const parts = Array.from({ length: 2_000 }, () => el('to', { jid: jid(victim) }, [enc]));
    const start = performance.now();
    let [last, longest] = [start, 0];
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    hostile.sendNode(el('message', { id: 'many', to: jid(victim) }, [el('participants', {}, parts)]));
    await hostile.until(({ attrs }) => attrs.id === 'many');
    await waitUntil('all are processed', () => victim.snapshot().mailbag.length === 0, 100_000);
    clearInterval(watch);
    expect(longest).toBeLessThan((performance.now() - start) / 3);
    await hostile.leave();
    await sandbox.stop();
  }, 120_000);
});
