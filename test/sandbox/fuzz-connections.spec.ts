import { afterAll, beforeAll, describe, it } from '@jest/globals';
import * as fc from 'fast-check';
import { generateKeyPair, SigningKey } from '#lib/curve25519';
import { frame, prologue } from '../../libs/whatsapp-sandbox/transport/frames.js';
import { proto } from '../../libs/whatsapp-sandbox/transport/wire.js';
import { HostileClient } from '../support/sandbox/hostile-client.js';
import { registration, registrationPayload } from '../support/sandbox/registration.js';
import { anyNode, spoiledStanza } from '../support/sandbox/stanzas.js';
import { bytes, check, FuzzedSandbox } from './support/fuzzing.js';
import { waitUntil } from './support/wait-until.js';

const minCases = 1_000;

describe('malformed input of a client that is not logged in', () => {
  let fuzzed: FuzzedSandbox;

  beforeAll(async () => {
    fuzzed = await FuzzedSandbox.start();
  });
  afterAll(() => fuzzed.stop(minCases));

  /** Each connection sends one input and must be dropped, or may stay. */
  const send = (input: fc.Arbitrary<Uint8Array>, numRuns: number, outcome: 'dropped' | 'any'): Promise<void> =>
    check(input, numRuns, async (sent) => {
      const client = await HostileClient.connect(fuzzed.sandbox.url);
      client.sendBytes(sent);
      await (outcome === 'dropped' ? client.dropped() : client.leave());
      fuzzed.cases += 1;
    });

  /** Each connection completes the handshake with an invalid payload and must be dropped. */
  const shakeHands = (payload: fc.Arbitrary<Uint8Array>, numRuns: number): Promise<void> =>
    check(payload, numRuns, async (sent) => {
      const client = await HostileClient.open(fuzzed.sandbox.url, generateKeyPair(), sent);
      await client.dropped();
      fuzzed.cases += 1;
    });

  it('does not harm others before the handshake: random bytes and frames that are too long', async () => {
    await send(
      bytes(64, 4).filter((sent) => !prologue.subarray(0, 1).equals(sent.subarray(0, 1)) && sent[0] !== 0x45),
      100,
      'dropped',
    );
    const length = fc.integer({ min: 2 ** 14 + 1, max: 2 ** 24 - 1 });
    await send(
      length.map((value) => Buffer.from([...prologue, value >> 16, (value >> 8) & 0xff, value & 0xff])),
      100,
      'dropped',
    );
    const routing = fc
      .tuple(bytes(200), bytes(40))
      .map(([info, rest]) => Buffer.concat([Buffer.from([0x45, 0x44, 0, 1]), frame(info), rest]));
    await send(routing, 100, 'any');
    await waitUntil(...fuzzed.nextRoundTrip());
  });

  it('does not harm others in the handshake: broken protobufs, unusable keys, truncated frames', async () => {
    const hello = (ephemeral: Uint8Array) => proto.HandshakeMessage.encode({ clientHello: { ephemeral } }).finish();
    const start = (body: Uint8Array) => Buffer.concat([prologue, frame(body)]);
    await send(bytes(120, 1).map(start), 200, 'any');
    await send(
      fc.oneof(bytes(31), bytes(60, 33)).map((ephemeral) => start(hello(ephemeral))),
      100,
      'dropped',
    );
    const unusable = [Buffer.alloc(32), Buffer.from([1, ...Buffer.alloc(31)])];
    await send(
      fc.constantFrom(...unusable).map((ephemeral) => start(hello(ephemeral))),
      10,
      'dropped',
    );
    await send(
      fc.nat(40).map((cut) => start(hello(generateKeyPair().publicKey)).subarray(0, cut)),
      40,
      'any',
    );
    await waitUntil(...fuzzed.nextRoundTrip());
  });

  it('does not harm others at the end of the handshake: wrong MACs, unknown clients, invalid payloads', async () => {
    const { account, sandbox } = fuzzed;
    await check(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), 100, async ([at, flip]) => {
      const client = await HostileClient.connect(sandbox.url);
      await client.handshake(generateKeyPair(), account.login, (finish) => {
        const spoiled = Buffer.from(finish);
        const index = 8 + (at % (spoiled.length - 8)); // keeps the length fields, so that the frame is complete
        spoiled[index] = (spoiled[index] ?? 0) ^ flip;
        return spoiled;
      });
      await client.dropped();
      fuzzed.cases += 1;
    });
    await shakeHands(bytes(100), 150);
    const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constant(Number(account.phone.number)));
    const device = fc.integer({ min: 0, max: 2 ** 31 });
    await shakeHands(
      fc.record({ username: number, device }).map((payload) => proto.ClientPayload.encode(payload).finish()),
      150,
    );
    await waitUntil(...fuzzed.nextRoundTrip());
  });

  it('does not harm others while linking: invalid registrations and unsolicited answers', async () => {
    const identity = SigningKey.generate();
    const field = fc.constantFrom('eRegid', 'eIdent', 'eSkeyId', 'eSkeyVal', 'eSkeySig', 'deviceProps');
    const answers = fc.array(fc.oneof(anyNode, spoiledStanza(fuzzed.scene)), { maxLength: 8 });
    await check(fc.tuple(field, bytes(70), answers), 100, async ([name, value, nodes]) => {
      const spoiled = registrationPayload({ ...registration(identity), [name]: value });
      const client = await HostileClient.open(fuzzed.sandbox.url, generateKeyPair(), spoiled);
      for (const node of nodes) client.sendNode(node);
      fuzzed.cases += (await client.isServed()) ? 1 + nodes.length : 1;
      await client.leave();
    });
    await waitUntil(...fuzzed.nextRoundTrip());
  });
});
