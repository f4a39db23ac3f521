import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Phone } from '#lib/whatsapp-sandbox';
import { el, proto } from '../../libs/whatsapp-sandbox/transport/wire.js';
import { jid, linkedPhone, type TestClient } from './support/client.js';
import { bytes, check, FuzzedSandbox } from './support/fuzzing.js';
import { waitUntil } from './support/wait-until.js';

const { PreKeyWhisperMessage } = createRequire(import.meta.url)('libsignal/src/protobufs.js') as {
  readonly PreKeyWhisperMessage: { decode(bytes: Uint8Array): { readonly message: Buffer } };
};
const minCases = 300;

describe('malformed messages to a phone', () => {
  let fuzzed: FuzzedSandbox;
  let client: TestClient;
  let victim: Phone;

  beforeAll(async () => {
    fuzzed = await FuzzedSandbox.start();
    ({ client } = await linkedPhone(fuzzed.sandbox, 'Fuzzer'));
    victim = fuzzed.sandbox.phones.create();
    await client.socket.sendMessage(jid(victim), { text: 'hello' });
  });
  afterAll(async () => {
    await client.disconnect();
    await fuzzed.stop(minCases);
  });

  const padded = (plain: Uint8Array): Buffer => Buffer.from([...plain, 1]);
  const texts = () => victim.messages().map(({ text }) => text);
  const send = async (data: Buffer, spoil: (signed: Buffer) => void = () => undefined): Promise<void> => {
    const { type, ciphertext } = await client.socket.signalRepository.encryptMessage({ jid: jid(victim), data });
    const encrypted = Buffer.from(ciphertext);
    // only the inner message of a pkmsg is authenticated by the MAC
    spoil(type === 'pkmsg' ? PreKeyWhisperMessage.decode(encrypted.subarray(1)).message : encrypted);
    const enc = el('enc', { v: '2', type }, encrypted);
    await client.socket.sendNode(el('message', { id: `b${fuzzed.cases}`, to: jid(victim), type: 'text' }, [enc]));
    fuzzed.cases += 1;
  };
  /** Arguments of `waitUntil`: sends a valid message and waits until the phone has decrypted it. */
  const nextMessage = async (): Promise<[what: string, check: () => boolean]> => {
    const text = `after ${fuzzed.cases}`;
    await client.socket.sendMessage(jid(victim), { text });
    return ['the phone still decrypts', () => texts().at(-1) === text];
  };

  it('do not harm the phone: plaintexts that are not messages, and messages with invalid content', async () => {
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
    await check(fc.oneof(bytes(80), bytes(80).map(padded), encoded), 150, (data) => send(data));
    await waitUntil(...(await nextMessage()));
  });

  it('do not harm the phone: ciphertexts with wrong MACs', async () => {
    const forged = padded(proto.Message.encode({ conversation: 'forged' }).finish());
    await check(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), 150, ([at, flip]) =>
      send(forged, (signed) => {
        const index = 1 + (at % (signed.length - 1)); // after the version byte
        signed[index]! ^= flip;
      }),
    );
    await waitUntil(...(await nextMessage()));
    expect(texts()).not.toContain('forged');
    await send(forged);
    await waitUntil('the unmodified message is decrypted', () => texts().includes('forged'));
  });
});
