import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ProtocolAddress, SessionCipher, SessionRecord } from 'libsignal';
import type { Ciphertext } from '../network/mail.js';
import { readOnChain } from './chain.js';
import { PhoneKeys } from './keys.js';
import { sessionsOf } from './signal-record.js';
import { SignalSessions, unpad } from './signal.js';

const { PreKeyWhisperMessage } = createRequire(import.meta.url)('libsignal/src/protobufs.js') as {
  readonly PreKeyWhisperMessage: { decode(bytes: Uint8Array): { readonly message: Buffer } };
};

const ADA = { number: '15550000001', device: 0 };
const BOB = { number: '15550000002', device: 0 };

class Person {
  readonly keys = new PhoneKeys();
  readonly sessions: SignalSessions;

  constructor(readonly address: typeof ADA) {
    this.sessions = new SignalSessions(address.number, this.keys);
  }

  write = (text: string, to: Person): Promise<Ciphertext> =>
    this.sessions.encrypt(to.address, Buffer.from(text), () => to.keys.takeBundle());
  read = async (sealed: Ciphertext, from: Person): Promise<string> =>
    (await this.sessions.decrypt(from.address, sealed)).toString();

  /** What libsignal alone would make of it, in a copy of everything. */
  async #readElsewhere({ attrs, bytes }: Ciphertext): Promise<{ plain: Buffer | undefined; record: unknown }> {
    const [name, stored] = Object.entries(this.sessions.snapshot())[0]!;
    let record = SessionRecord.deserialize(stored as Uint8Array);
    const identity = this.keys.identity;
    const [id = '', device = ''] = name.split('.');
    const cipher = new SessionCipher(
      {
        loadSession: () => Promise.resolve(SessionRecord.deserialize(record.serialize())),
        storeSession: (_, changed) => Promise.resolve(void (record = changed)),
        isTrustedIdentity: () => true,
        loadPreKey: () => Promise.resolve(undefined),
        removePreKey: () => undefined,
        loadSignedPreKey: () => ({ pubKey: Buffer.alloc(33), privKey: Buffer.alloc(32) }),
        getOurRegistrationId: () => this.keys.registrationId,
        getOurIdentity: () => ({
          pubKey: Buffer.concat([Buffer.of(5), identity.publicKey]),
          privKey: identity.privateKey,
        }),
      },
      new ProtocolAddress(id, Number(device)),
    );
    const opening =
      attrs.type === 'pkmsg' ? cipher.decryptPreKeyWhisperMessage(bytes) : cipher.decryptWhisperMessage(bytes);
    const plain = await opening.catch(() => undefined);
    return { plain, record: withoutTimes(record) };
  }

  /** Reads it both ways. Returns what is in it, when `readOnChain` takes it; whenever it does, libsignal has to agree. */
  async compare(sealed: Ciphertext): Promise<string | undefined> {
    const [stored] = Object.values(this.sessions.snapshot());
    const record = SessionRecord.deserialize(stored as Uint8Array);
    const before = JSON.stringify(record.serialize());
    const ownIdentity = Buffer.concat([Buffer.of(5), this.keys.identity.publicKey]);
    const plain = readOnChain(record, sealed, ownIdentity);
    const elsewhere = await this.#readElsewhere(sealed);
    if (plain === undefined) {
      expect(JSON.stringify(record.serialize())).toBe(before);
      return undefined;
    }
    expect(elsewhere).toEqual({ plain, record: withoutTimes(record) });
    return unpad(plain).toString();
  }
}

const withoutTimes = (record: SessionRecord): unknown => {
  for (const { indexInfo } of Object.values(sessionsOf(record))) indexInfo.used = 0;
  return record.serialize();
};

/** Ada has written to Bob, who did not answer: she goes on introducing herself. */
async function introduced(): Promise<{ ada: Person; bob: Person }> {
  const [ada, bob] = [new Person(ADA), new Person(BOB)];
  await bob.read(await ada.write('hello', bob), ada);
  return { ada, bob };
}

/** Two people who have answered each other, so that nothing is left but chains. */
async function acquainted(): Promise<{ ada: Person; bob: Person }> {
  const { ada, bob } = await introduced();
  await ada.read(await bob.write('hello', ada), bob);
  await bob.read(await ada.write('how are you?', bob), ada);
  return { ada, bob };
}

describe('a message on a chain that is already there', () => {
  it.each<[string, 'msg' | 'pkmsg', () => Promise<{ ada: Person; bob: Person }>]>([
    ['among acquaintances', 'msg', acquainted],
    ['among strangers', 'pkmsg', introduced],
  ])('is read as libsignal reads it, in whatever order, once: %s', async (_who, type, meet) => {
    const step = fc.record({ which: fc.nat(9), spoiled: fc.boolean(), at: fc.nat() });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const { ada, bob } = await meet();
        const written: Ciphertext[] = [];
        for (let index = 0; index < 10; index++) written.push(await ada.write(`message ${index}`, bob));
        expect(written.map(({ attrs }) => attrs.type)).toEqual(Array(10).fill(type));
        const read = new Set<number>();
        for (const { which, spoiled, at } of steps) {
          const { attrs, bytes } = written[which]!;
          const changed = Buffer.from(bytes);
          const signed = type === 'msg' ? changed : PreKeyWhisperMessage.decode(changed.subarray(1)).message;
          if (spoiled) signed[at % signed.length]! ^= 1 + (at % 255);
          const genuine = !spoiled && !read.has(which);
          expect(await bob.compare({ attrs, bytes: changed })).toBe(genuine ? `message ${which}` : undefined);
          if (!genuine) continue;
          expect(await bob.read({ attrs, bytes }, ada)).toBe(`message ${which}`);
          read.add(which);
          taken += 1;
        }
      }),
      { numRuns: 40 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('is left to libsignal when it begins a new one', async () => {
    const { ada, bob } = await acquainted();
    await ada.read(await bob.write('fine', ada), bob);
    const next = await ada.write('good', bob);
    expect(await bob.compare(next)).toBeUndefined();
    expect(await bob.read(next, ada)).toBe('good');
    expect(await bob.compare(await ada.write('bye', bob))).toBe('bye');
  });

  it('and answers that are written at the same time do not undo each other', async () => {
    const { ada, bob } = await acquainted();
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`);
    const written: Ciphertext[] = [];
    for (const text of texts) written.push(await ada.write(text, bob));
    const answers = texts.map((text) => bob.write(`re: ${text}`, ada));
    for (const [index, sealed] of written.entries()) expect(await bob.read(sealed, ada)).toBe(texts[index]);
    for (const sealed of written) await expect(bob.read(sealed, ada)).rejects.toThrow();
    for (const [index, answer] of answers.entries()) {
      expect(await ada.read(await answer, bob)).toBe(`re: message ${index}`);
    }
  });
});
