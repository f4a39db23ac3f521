import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Ciphertext } from '../../network/mail.js';
import { PhoneKeys } from '../keys.js';
import { SignalSessions, type SignalSnapshot } from './sessions.js';

let lastNumber = 15_550_000_000;

class Phone {
  readonly keys = new PhoneKeys();
  readonly sessions = new SignalSessions(this.keys);
  readonly address = { number: String(++lastNumber), device: 0 };

  encrypt = (to: Phone, text: string): Ciphertext =>
    this.sessions.encrypt(to.address, Buffer.from(text), () => to.keys.takeBundle());
  decrypt = (from: Phone, ciphertext: Ciphertext): string => this.sessions.decrypt(from.address, ciphertext).toString();
  start = (to: Phone): void => this.sessions.start(to.address, to.keys.takeBundle());
}

describe('Signal sessions between two phones', () => {
  it('decrypt all messages in any order, although both sides start new sessions at any time', () => {
    const step = fc.record({ sender: fc.nat(1), kind: fc.constantFrom('send', 'send', 'start', 'receive', 'receive') });
    const steps = fc.array(fc.tuple(step, fc.nat()), { minLength: 20, maxLength: 80 });
    fc.assert(
      fc.property(steps, (each) => {
        const phones = [new Phone(), new Phone()] as const;
        const inFlight: [text: string, ciphertext: Ciphertext][][] = [[], []];
        const receive = (sender: number, which: number): void => {
          const [next] = inFlight[sender]!.splice(which, 1);
          const received = next && phones[1 - sender]!.decrypt(phones[sender]!, next[1]);
          expect(received).toBe(next?.[0]);
        };
        each.forEach(([{ sender, kind }, which], index) => {
          const [from, to] = [phones[sender]!, phones[1 - sender]!];
          if (kind === 'start') from.start(to);
          if (kind === 'send') inFlight[sender]!.push([`message ${index}`, from.encrypt(to, `message ${index}`)]);
          if (kind === 'receive') receive(sender, which % (inFlight[sender]!.length + 1));
        });
        for (const sender of [0, 1]) while (inFlight[sender]!.length > 0) receive(sender, 0);
      }),
    );
  });

  it('send with a key exchange until the other side has answered', () => {
    const [ada, bob] = [new Phone(), new Phone()];
    expect(ada.encrypt(bob, 'lost').attrs.type).toBe('pkmsg');
    bob.decrypt(ada, ada.encrypt(bob, 'hello'));
    const answer = bob.encrypt(ada, 'hi');
    expect(answer.attrs.type).toBe('msg');
    ada.decrypt(bob, answer);
    expect(ada.encrypt(bob, 'how are you?').attrs.type).toBe('msg');
  });

  it('use a one-time prekey for one session only', () => {
    const [ada, bob, eve] = [new Phone(), new Phone(), new Phone()];
    const bundle = bob.keys.takeBundle();
    for (const phone of [ada, eve]) phone.sessions.start(bob.address, bundle);
    expect(bob.decrypt(ada, ada.encrypt(bob, 'first'))).toBe('first');
    expect(bob.decrypt(ada, ada.encrypt(bob, 'same session'))).toBe('same session');
    expect(() => bob.decrypt(eve, eve.encrypt(bob, 'second'))).toThrow('unknown prekey');
  });

  it('refuse a message that is too far ahead', () => {
    const [ada, bob] = [new Phone(), new Phone()];
    for (let count = 0; count < 2_001; count++) ada.encrypt(bob, 'lost');
    expect(() => bob.decrypt(ada, ada.encrypt(bob, 'too far'))).toThrow('too far ahead');
  });

  it('are deleted with an unlinked device', () => {
    const [ada, bob] = [new Phone(), new Phone()];
    bob.decrypt(ada, ada.encrypt(bob, 'hello'));
    ada.decrypt(bob, bob.encrypt(ada, 'hi'));
    bob.sessions.forgetDevice(ada.address);
    expect(() => bob.decrypt(ada, ada.encrypt(bob, 'still there?'))).toThrow('none of 0 sessions');
  });

  it('are dropped when a snapshot has them in another format', () => {
    const stored = { '15550000001.0': { _sessions: {}, version: 'v1' } } as unknown as SignalSnapshot;
    expect(new SignalSessions(new PhoneKeys(), stored).snapshot()).toEqual({});
  });
});
