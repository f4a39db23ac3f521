import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { ProtocolAddress, SessionBuilder, SessionCipher, SessionRecord, type SignalStorage } from 'libsignal';
import type { KeyPair } from '#lib/curve25519';
import type { Ciphertext } from '../../network/mail.js';
import { PhoneKeys } from '../keys.js';
import { decodeKeyExchange } from './codec.js';
import { pad, unpad } from './padding.js';
import { SignalSessions } from './sessions.js';

const typed = (key: Buffer): Buffer => Buffer.concat([Buffer.of(5), key]);
const libsignalPair = ({ publicKey, privateKey }: KeyPair) => ({ pubKey: typed(publicKey), privKey: privateKey });
let lastNumber = 15_550_000_000;

class Phone {
  readonly keys = new PhoneKeys();
  sessions = new SignalSessions(this.keys);

  encrypt = (to: Client, text: string): Ciphertext =>
    this.sessions.encrypt(to.address, Buffer.from(text), () => to.keys.takeBundle());
  decrypt = (from: Client, ciphertext: Ciphertext): string =>
    this.sessions.decrypt(from.address, ciphertext).toString();

  restart(): void {
    this.sessions = new SignalSessions(this.keys, JSON.parse(JSON.stringify(this.sessions.snapshot())));
  }
}

/** A client that uses libsignal, as Baileys does. It receives messages in order. */
class Client {
  readonly keys = new PhoneKeys();
  readonly address = { number: String(++lastNumber), device: 1 };
  readonly #name = new ProtocolAddress(`peer of ${this.address.number}`, 0);
  #record: SessionRecord | undefined;
  readonly #storage: SignalStorage = {
    loadSession: () => Promise.resolve(this.#record && SessionRecord.deserialize(this.#record.serialize())),
    storeSession: (_, record) => Promise.resolve(void (this.#record = record)),
    isTrustedIdentity: () => true,
    loadPreKey: (id) => {
      const key = this.keys.preKey(Number(id));
      return Promise.resolve(key && libsignalPair(key));
    },
    removePreKey: (id) => this.keys.removePreKey(id),
    loadSignedPreKey: () => libsignalPair(this.keys.signedPreKey),
    getOurRegistrationId: () => this.keys.registrationId,
    getOurIdentity: () => libsignalPair(this.keys.identity),
  };

  /** Starts a new session; earlier ones are kept for decryption. */
  async start(phone: Phone): Promise<void> {
    const { registrationId, identityKey, signedPreKey, preKey } = phone.keys.takeBundle();
    if (!preKey) throw new Error('bundle without a prekey');
    await new SessionBuilder(this.#storage, this.#name).initOutgoing({
      registrationId,
      identityKey: typed(identityKey),
      signedPreKey: { ...signedPreKey, publicKey: typed(signedPreKey.publicKey) },
      preKey: { ...preKey, publicKey: typed(preKey.publicKey) },
    });
  }

  async encrypt(text: string): Promise<Ciphertext> {
    const { type, body } = await new SessionCipher(this.#storage, this.#name).encrypt(pad(Buffer.from(text)));
    const bytes = Buffer.from(body as unknown as string, 'binary');
    return { attrs: { v: '2', type: type === 3 ? 'pkmsg' : 'msg' }, bytes };
  }

  async decrypt({ attrs, bytes }: Ciphertext): Promise<string> {
    const cipher = new SessionCipher(this.#storage, this.#name);
    if (attrs.type === 'pkmsg') return unpad(await cipher.decryptPreKeyWhisperMessage(bytes)).toString();
    const all = this.#record;
    const stored = all?.serialize() as unknown as { _sessions: { [baseKey: string]: unknown }; version: string };
    // one session at a time: a failed attempt damages a session of libsignal
    for (const [baseKey, session] of Object.entries(stored._sessions)) {
      const single = { ...stored, _sessions: { [baseKey]: session } };
      this.#record = SessionRecord.deserialize(single as unknown as Uint8Array);
      const plaintext = await cipher.decryptWhisperMessage(bytes).catch(() => undefined);
      const after = this.#record.serialize() as unknown as typeof stored;
      this.#record = all;
      if (!plaintext) continue;
      const merged = { ...stored, _sessions: { ...stored._sessions, ...after._sessions } };
      this.#record = SessionRecord.deserialize(merged as unknown as Uint8Array);
      return unpad(plaintext).toString();
    }
    throw new Error('the client cannot decrypt the message');
  }
}

/** A copy with one bit flipped in what the MAC covers. */
function corrupt({ attrs, bytes }: Ciphertext, at: number): Ciphertext {
  const copy = Buffer.from(bytes);
  const inner = attrs.type === 'pkmsg' ? Buffer.from(decodeKeyExchange(copy).message) : copy;
  const offset = copy.indexOf(inner) + 1 + (at % (inner.length - 1));
  copy[offset]! ^= 1 << (at % 8);
  return { attrs, bytes: copy };
}

describe('Signal sessions of a phone with a client that uses libsignal', () => {
  beforeAll(() => {
    for (const method of ['error', 'info', 'warn'] as const)
      jest.spyOn(console, method).mockImplementation(() => undefined);
  });

  it('can be started by the phone', async () => {
    const [client, phone] = [new Client(), new Phone()];
    for (const text of ['one', 'two']) {
      const ciphertext = phone.encrypt(client, text);
      expect(ciphertext.attrs.type).toBe('pkmsg');
      expect(await client.decrypt(ciphertext)).toBe(text);
    }
    expect(phone.decrypt(client, await client.encrypt('three'))).toBe('three');
    const answer = phone.encrypt(client, 'four');
    expect(answer.attrs.type).toBe('msg');
    expect(await client.decrypt(answer)).toBe('four');
  });

  it('are not damaged by late messages of an earlier session', async () => {
    const [client, phone] = [new Client(), new Phone()];
    await client.start(phone);
    expect(phone.decrypt(client, await client.encrypt('hello'))).toBe('hello');
    expect(await client.decrypt(phone.encrypt(client, 'hi'))).toBe('hi');
    const late = [await client.encrypt('late 0'), await client.encrypt('late 1')];
    await client.start(phone);
    const recent = [await client.encrypt('new 0'), await client.encrypt('new 1'), await client.encrypt('new 2')];
    expect(phone.decrypt(client, recent[1]!)).toBe('new 1');
    expect(phone.decrypt(client, late[1]!)).toBe('late 1');
    expect(phone.decrypt(client, recent[2]!)).toBe('new 2');
    expect(phone.decrypt(client, late[0]!)).toBe('late 0');
    expect(phone.decrypt(client, recent[0]!)).toBe('new 0');
    expect(await client.decrypt(phone.encrypt(client, 'welcome back'))).toBe('welcome back');
    expect(phone.decrypt(client, await client.encrypt('thanks'))).toBe('thanks');
  });

  it('decrypt each message once, in any order, whatever else arrives and however often sessions are started', async () => {
    const step = fc.oneof(
      { weight: 1, arbitrary: fc.constant({ kind: 'start' } as const) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' } as const) },
      { weight: 6, arbitrary: fc.constant({ kind: 'send' } as const) },
      { weight: 6, arbitrary: fc.nat().map((which) => ({ kind: 'receive', which }) as const) },
      { weight: 2, arbitrary: fc.nat().map((which) => ({ kind: 'repeat', which }) as const) },
      { weight: 2, arbitrary: fc.nat().map((at) => ({ kind: 'corrupt', at }) as const) },
      { weight: 2, arbitrary: fc.constant({ kind: 'answer' } as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const [client, phone] = [new Client(), new Phone()];
        await client.start(phone);
        const inFlight: { readonly text: string; readonly ciphertext: Ciphertext }[] = [];
        const received: Ciphertext[] = [];
        const receive = (index: number): void => {
          const [next] = inFlight.splice(index % inFlight.length, 1);
          if (!next) return;
          expect(phone.decrypt(client, next.ciphertext)).toBe(next.text);
          received.push(next.ciphertext);
        };
        const expectRefusal = (ciphertext: Ciphertext): void => {
          const before = JSON.stringify(phone.sessions.snapshot());
          expect(() => phone.decrypt(client, ciphertext)).toThrow();
          expect(JSON.stringify(phone.sessions.snapshot())).toBe(before);
        };
        const expectAnswer = async (): Promise<void> =>
          expect(await client.decrypt(phone.encrypt(client, 'answer'))).toBe('answer');
        let sent = 0;
        for (const each of steps) {
          if (each.kind === 'start') await client.start(phone);
          if (each.kind === 'restart') phone.restart();
          if (each.kind === 'send') {
            const text = `message ${sent++}`;
            inFlight.push({ text, ciphertext: await client.encrypt(text) });
          }
          if (each.kind === 'receive' && inFlight.length > 0) receive(each.which);
          if (each.kind === 'repeat' && received.length > 0) expectRefusal(received[each.which % received.length]!);
          if (each.kind === 'corrupt' && inFlight.length > 0) expectRefusal(corrupt(inFlight[0]!.ciphertext, each.at));
          if (each.kind === 'answer' && received.length > 0) await expectAnswer();
        }
        while (inFlight.length > 0) receive(0);
      }),
      { numRuns: 60 },
    );
  });
});
