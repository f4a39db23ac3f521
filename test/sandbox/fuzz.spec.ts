import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { generateKeyPair, SigningKey } from '../../libs/whatsapp-sandbox/crypto/curve.js';
import { frame, prologue } from '../../libs/whatsapp-sandbox/transport/frames.js';
import { el, encodeNode, proto, type BinaryNode } from '../../libs/whatsapp-sandbox/transport/wire.js';
import { HostileAccount } from '../support/sandbox/hostile-account.js';
import { HostileClient } from '../support/sandbox/hostile-client.js';
import { HealthySession } from '../support/sandbox/healthy-session.js';
import { registration, registrationPayload } from '../support/sandbox/registration.js';
import { anyNode, spoiledStanza, type Scene } from '../support/sandbox/stanzas.js';
import { jid, linkedPhone } from './support/client.js';
import { waitUntil } from './support/wait-until.js';

jest.setTimeout(120_000);

const { PreKeyWhisperMessage } = createRequire(import.meta.url)('libsignal/src/protobufs.js') as {
  readonly PreKeyWhisperMessage: { decode(bytes: Uint8Array): { readonly message: Buffer } };
};

const batchSize = 40;
const minCases = 10_000;

describe('malformed input', () => {
  let sandbox: Sandbox;
  let pulse: HealthySession;
  let account: HostileAccount;
  let scene: Scene;
  let cases = 0;
  const errors: object[] = [];

  beforeAll(async () => {
    const nothing = (): void => undefined;
    const error = (details: object, message: string): void => void errors.push({ ...details, message });
    sandbox = await startSandbox({ logger: { debug: nothing, info: nothing, warn: nothing, error } });
    pulse = await HealthySession.start(sandbox);
    account = await HostileAccount.create(sandbox);
    const [self, other] = [account.phone, sandbox.phones.create()];
    const { jid: group } = other.groups.create({ subject: 'Fun', participants: [self.number] });
    const { id: message } = await other.send({ to: self.number, type: 'text', text: 'say again' });
    scene = { self: self.number, other: other.number, group, message };
  });
  afterAll(async () => {
    await guest?.leave();
    try {
      await pulse.stop();
    } finally {
      await sandbox.stop();
    }
    expect(pulse.beats).toBeGreaterThan(20);
    expect(errors).toEqual([]);
    expect(cases).toBeGreaterThanOrEqual(minCases);
  });

  const bytes = (maxLength: number, minLength = 0) =>
    fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

  const assert = <T>(what: fc.Arbitrary<T>, numRuns: number, check: (value: T) => Promise<void>): Promise<void> =>
    fc.assert(fc.asyncProperty(what, check), { numRuns });

  /** Each connection says one thing, and is dropped for it; or it may stay, and leaves. */
  const strangers = (what: fc.Arbitrary<Uint8Array>, numRuns: number, fate: 'dropped' | 'any'): Promise<void> =>
    assert(what, numRuns, async (said) => {
      const client = await HostileClient.connect(sandbox.url);
      client.sendBytes(said);
      await (fate === 'dropped' ? client.dropped() : client.leave());
      cases += 1;
    });

  /** Each connection shakes hands in order, says who it is as nobody should, and is dropped. */
  const handshakes = (payload: fc.Arbitrary<Uint8Array>, numRuns: number): Promise<void> =>
    assert(payload, numRuns, async (said) => {
      const client = await HostileClient.open(sandbox.url, generateKeyPair(), said);
      await client.dropped();
      cases += 1;
    });

  /** For `waitUntil`: the healthy session beats once more. */
  const goesOn = (): [what: string, check: () => boolean] => {
    const { beats } = pulse;
    return ['the healthy session goes on', () => pulse.beats > beats];
  };

  let guest: HostileClient | undefined;
  /** A client that is logged in says all that; it is dropped for it, or still served. */
  const guests = (what: fc.Arbitrary<readonly Uint8Array[]>, numRuns: number): Promise<void> =>
    assert(what, numRuns, async (said) => {
      if (!guest || guest.isClosed) guest = await account.connect();
      for (const plain of said) guest.sendPlain(plain);
      cases += (await guest.isServed()) ? said.length : 1;
    });

  it('before the handshake: rubbish, and frames that are too long', async () => {
    await strangers(
      bytes(64, 4).filter((said) => !prologue.subarray(0, 1).equals(said.subarray(0, 1)) && said[0] !== 0x45),
      100,
      'dropped',
    );
    const length = fc.integer({ min: 2 ** 14 + 1, max: 2 ** 24 - 1 });
    await strangers(
      length.map((value) => Buffer.from([...prologue, value >> 16, (value >> 8) & 0xff, value & 0xff])),
      100,
      'dropped',
    );
    const routing = fc
      .tuple(bytes(200), bytes(40))
      .map(([info, rest]) => Buffer.concat([Buffer.from([0x45, 0x44, 0, 1]), frame(info), rest]));
    await strangers(routing, 100, 'any');
    await waitUntil(...goesOn());
  });

  it('in the handshake: broken protobufs, unusable keys, truncated frames', async () => {
    const hello = (ephemeral: Uint8Array) => proto.HandshakeMessage.encode({ clientHello: { ephemeral } }).finish();
    const start = (body: Uint8Array) => Buffer.concat([prologue, frame(body)]);
    await strangers(bytes(120, 1).map(start), 200, 'any');
    await strangers(
      fc.oneof(bytes(31), bytes(60, 33)).map((ephemeral) => start(hello(ephemeral))),
      100,
      'dropped',
    );
    const unusable = [Buffer.alloc(32), Buffer.from([1, ...Buffer.alloc(31)])];
    await strangers(
      fc.constantFrom(...unusable).map((ephemeral) => start(hello(ephemeral))),
      10,
      'dropped',
    );
    await strangers(
      fc.nat(40).map((cut) => start(hello(generateKeyPair().publicKey)).subarray(0, cut)),
      40,
      'any',
    );
    await waitUntil(...goesOn());
  });

  it('at the end of the handshake: wrong MACs, strangers, and payloads that are none', async () => {
    await assert(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), 100, async ([at, flip]) => {
      const client = await HostileClient.connect(sandbox.url);
      await client.handshake(generateKeyPair(), account.login, (finish) => {
        const spoiled = Buffer.from(finish);
        const index = 8 + (at % (spoiled.length - 8)); // the lengths before it are right, so that it is whole
        spoiled[index] = (spoiled[index] ?? 0) ^ flip;
        return spoiled;
      });
      await client.dropped();
      cases += 1;
    });
    await handshakes(bytes(100), 150);
    const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constant(Number(account.phone.number)));
    const device = fc.integer({ min: 0, max: 2 ** 31 });
    await handshakes(
      fc.record({ username: number, device }).map((payload) => proto.ClientPayload.encode(payload).finish()),
      150,
    );
    await waitUntil(...goesOn());
  });

  it('while linking: registrations that are spoiled, and answers that nobody asked for', async () => {
    const identity = SigningKey.generate();
    const field = fc.constantFrom('eRegid', 'eIdent', 'eSkeyId', 'eSkeyVal', 'eSkeySig', 'deviceProps');
    const answers = fc.array(fc.oneof(anyNode, spoiledStanza(scene)), { maxLength: 8 });
    await assert(fc.tuple(field, bytes(70), answers), 100, async ([name, value, nodes]) => {
      const spoiled = registrationPayload({ ...registration(identity), [name]: value });
      const client = await HostileClient.open(sandbox.url, generateKeyPair(), spoiled);
      for (const node of nodes) client.sendNode(node);
      cases += (await client.isServed()) ? 1 + nodes.length : 1;
      await client.leave();
    });
    await waitUntil(...goesOn());
  });

  it('after the login: bytes that are no nodes, and nodes that are no bytes', async () => {
    const one = (what: fc.Arbitrary<Uint8Array>) => what.map((plain) => [plain]);
    await guests(one(bytes(200)), 100);
    const flagged = fc
      .tuple(fc.constantFrom(0, 1, 2, 3, 255), bytes(150))
      .map(([flag, body]) => Buffer.of(flag, ...body));
    await guests(one(flagged), 100);
    const cut = fc.tuple(anyNode, fc.nat()).map(([node, at]) => {
      const whole = encodeNode(node);
      return whole.subarray(0, at % whole.length);
    });
    await guests(one(cut), 100);
    const zipped = anyNode.map((node) => Buffer.of(2, ...deflateSync(encodeNode(node).subarray(1))));
    await guests(one(zipped), 100);
    await waitUntil(...goesOn());
  });

  /** A client that is logged in says that, and is dropped for it. */
  const banished = (spoil: fc.Arbitrary<(client: HostileClient) => void>, numRuns: number): Promise<void> =>
    assert(spoil, numRuns, async (say) => {
      const client = await account.connect();
      say(client);
      await client.dropped();
      cases += 1;
    });

  it('after the login: wrong MACs', async () => {
    const spoiled = fc.tuple(anyNode, fc.nat(), fc.integer({ min: 1, max: 255 }));
    await banished(
      spoiled.map(([node, at, flip]) => (client) => {
        const sealed = client.seal(encodeNode(node));
        sealed[at % sealed.length]! ^= flip;
        client.sendBytes(frame(sealed));
      }),
      150,
    );
    await banished(
      bytes(100).map((body) => (client) => client.sendBytes(frame(body))),
      50,
    );
    await waitUntil(...goesOn());
  });

  it('after the login: nodes that are too large', async () => {
    const node = fc.oneof(
      fc.integer({ min: 4_097, max: 20_000 }).map((length) => el('iq', { id: 'x'.repeat(length) })),
      fc.integer({ min: 25, max: 400 }).map((depth) => {
        let nested = el('iq');
        for (let level = 0; level < depth; level++) nested = el('iq', {}, [nested]);
        return nested;
      }),
      fc.integer({ min: 4_097, max: 9_000 }).map((count) => {
        const list = el('list', {}, Array<BinaryNode>(count).fill(el('item', { id: 'n' })));
        return el('receipt', { id: 'm', to: `${account.phone.number}@s.whatsapp.net`, type: 'read' }, [list]);
      }),
    );
    await banished(
      node.map((large) => (client) => client.sendNode(large)),
      100,
    );
    const length = fc.integer({ min: 2 ** 21 + 1, max: 2 ** 24 - 1 });
    await banished(
      length.map((value) => (client) => {
        client.sendBytes(Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]));
      }),
      50,
    );
    await waitUntil(...goesOn());
  });

  it('after the login: stanzas in which something is wrong', async () => {
    const stanza = fc.oneof({ weight: 1, arbitrary: anyNode }, { weight: 6, arbitrary: spoiledStanza(scene) });
    const batch = fc.array(stanza.map(encodeNode), { minLength: batchSize, maxLength: batchSize, size: 'max' });
    await guests(batch, 380);
    await waitUntil(...goesOn());
  });

  it('in what is encrypted for a phone: plaintexts that are no messages, messages that make no sense, wrong MACs', async () => {
    const { client } = await linkedPhone(sandbox, 'Babbler');
    const { socket } = client;
    const victim = sandbox.phones.create();
    const say = (text: string) => socket.sendMessage(jid(victim), { text });
    await say('hello');
    const padded = (plain: Uint8Array): Buffer => Buffer.from([...plain, 1]);
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const key = fc.record({ id: text, remoteJid: text, fromMe: fc.boolean() });
    const number = fc.oneof(fc.double(), fc.constant(Infinity));
    const message = fc.oneof(
      fc.record({ reactionMessage: fc.record({ key, text }) }),
      fc.record({ protocolMessage: fc.record({ key, type: fc.nat(40), editedMessage: fc.constant({}) }) }),
      fc.record({ locationMessage: fc.record({ degreesLatitude: number, degreesLongitude: number }) }),
      fc.record({ imageMessage: fc.record({ url: text, mediaKey: bytes(50), fileLength: fc.maxSafeNat() }) }),
      fc.record({ contactMessage: fc.record({ displayName: text, vcard: text }) }),
      fc.record({ pollCreationMessage: fc.record({ name: text, options: fc.constant([{}]) }) }),
      fc.record({ deviceSentMessage: fc.record({ destinationJid: text, message: fc.constant({}) }) }),
      fc.record({
        senderKeyDistributionMessage: fc.record({ groupId: text, axolotlSenderKeyDistributionMessage: bytes(80) }),
      }),
      fc.record({ viewOnceMessage: fc.constant({ message: { ephemeralMessage: { message: {} } } }) }),
    );
    const encoded = message.map((value) => padded(proto.Message.encode(value as proto.IMessage).finish()));
    const post = async (data: Buffer, spoil: (signed: Buffer) => void = () => undefined): Promise<void> => {
      const { type, ciphertext } = await socket.signalRepository.encryptMessage({ jid: jid(victim), data });
      const bytes = Buffer.from(ciphertext);
      // what introduces a new session stands around the message and is not part of what the MAC is of
      spoil(type === 'pkmsg' ? PreKeyWhisperMessage.decode(bytes.subarray(1)).message : bytes);
      const enc = el('enc', { v: '2', type }, bytes);
      await socket.sendNode(el('message', { id: `b${cases}`, to: jid(victim), type: 'text' }, [enc]));
      cases += 1;
    };
    const texts = () => victim.messages().map(({ text }) => text);
    const apologize = async (): Promise<void> => {
      const apology = `sorry for ${cases}`;
      await say(apology);
      await waitUntil('the phone still reads', () => texts().at(-1) === apology);
    };
    await assert(fc.oneof(bytes(80), bytes(80).map(padded), encoded), 150, (data) => post(data));
    await apologize();

    const forged = padded(proto.Message.encode({ conversation: 'forged' }).finish());
    await assert(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), 150, ([at, flip]) =>
      post(forged, (signed) => {
        const index = 1 + (at % (signed.length - 1)); // before it is the version
        signed[index]! ^= flip;
      }),
    );
    await apologize();
    expect(texts()).not.toContain('forged');
    await post(forged);
    await waitUntil('it is read when it is not spoiled', () => texts().includes('forged'));
    await client.disconnect();
  });
});
