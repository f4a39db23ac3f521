import { describe, expect, it } from '@jest/globals';
import {
  introduce,
  introduceAgain,
  jid,
  party,
  read,
  stanzaOf,
  write,
  type Ciphertext,
  type Party,
} from './testing/signal-party.js';

describe('the state of a ratchet', () => {
  it('is stored before the transaction of a sent message ends, and also where that transaction fails', async () => {
    const steps: string[] = [];
    const [sender, receiver] = [party(steps), party()];
    await introduce(sender, receiver);

    const sent: Ciphertext[] = [];
    const send = (text: string, fail = false) =>
      sender.keys.transaction(async () => {
        const message = await write(sender, text);
        steps.push('sent');
        sent.push(message);
        await sender.keys.set({ 'device-list': { x: ['0'] } });
        if (fail) throw new Error('The connection broke');
      }, 'me');
    steps.length = 0;
    await expect(send('one', true)).rejects.toThrow('broke');
    await send('two');
    expect(steps).toEqual(['session', 'sent', 'session', 'sent', 'device-list']);

    expect(await read(receiver, sent[0]!)).toBe('one');
    expect(await read(receiver, sent[1]!)).toBe('two');
  });

  it('is stored in one write with the message that it decrypted, which can be decrypted again', async () => {
    const steps: string[] = [];
    const [sender, receiver] = [party(), party(steps)];
    await introduce(sender, receiver);
    const [one, two] = [await write(sender, 'one'), await write(sender, 'two')];
    for (const [id, message] of Object.entries({ one, two })) {
      steps.length = 0;
      receiver.journal.expect(stanzaOf(id, message));
      expect(await read(receiver, message)).toBe(id);
      await receiver.send();
      expect(steps.slice(-2)).toEqual(['session', `arrival ${id === 'one' ? 1 : 2}`]);
    }

    steps.length = 0;
    const again = { ...two, ciphertext: Buffer.from(two.ciphertext) };
    receiver.journal.expect(stanzaOf('two', again));
    expect(await read(receiver, again)).toBe('two');
    expect(steps).toEqual([]);
    expect((await receiver.journal.unreported()).map(({ message }) => message.attrs['id'])).toEqual(['one', 'two']);
  });

  it('stays correct when messages are sent and received concurrently', async () => {
    const [ada, bob] = [party(), party()];
    await introduce(ada, bob);
    const talk = async (from: Party, to: Party, text: string): Promise<void> => {
      const message = await write(from, text);
      to.journal.expect(stanzaOf(text, message));
      expect(await read(to, message)).toBe(text);
    };
    await talk(ada, bob, 'hello');
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => [talk(ada, bob, `to Bob ${n}`), talk(bob, ada, `to Ada ${n}`)]).flat(),
    );
    expect(await bob.journal.unreported()).toHaveLength(21);
  });
});

/** A message from Ada to Bob that arrives late: meanwhile she has started a second session with him. */
const twoSessions = async () => {
  const [ada, bob] = [party(), party()];
  await introduce(ada, bob);
  await read(bob, await write(ada, 'hello'));
  await read(ada, await write(bob, 'hello Ada'));
  const late = await write(ada, 'late');
  await introduceAgain(ada, bob);
  expect(await read(bob, await write(ada, 'first of the second session'))).toContain('first');
  return { ada, bob, late };
};

describe('a session', () => {
  it('is not damaged when a message of another session is tried on it', async () => {
    const { ada, bob, late } = await twoSessions();
    expect(await read(bob, late)).toBe('late');
    expect(await read(bob, await write(ada, 'second of the second session'))).toContain('second of');
    await read(ada, await write(bob, 'an answer'));
    expect(await read(bob, await write(ada, 'third of the second session'))).toContain('third of');
  });

  it('is not changed by a message that no session can decrypt, which fails as Baileys expects', async () => {
    const { bob } = await twoSessions();
    const [ada, another] = [party(), party()];
    await introduce(ada, another);
    await read(another, await write(ada, 'hello'));
    await read(ada, await write(another, 'hello Ada'));
    const before = bob.stored();
    await expect(read(bob, await write(ada, 'not for Bob'))).rejects.toThrow('No matching sessions found for message');
    expect(bob.stored()).toBe(before);
  });

  it('outlives a message with another identity that cannot be decrypted, and is replaced by one that can', async () => {
    const [ada, bob, adaOnNewPhone] = [party(), party(), party()];
    await introduce(ada, bob);
    await read(bob, await write(ada, 'hello'));
    await read(ada, await write(bob, 'hello Ada'));
    await introduce(adaOnNewPhone, bob);
    const forged = await write(adaOnNewPhone, 'forged');
    const before = bob.stored();
    forged.ciphertext[forged.ciphertext.length - 20]! ^= 1;
    await expect(read(bob, forged)).rejects.toThrow();
    expect(bob.stored()).toBe(before);

    expect(await read(bob, await write(adaOnNewPhone, 'hello from the new phone'))).toContain('new phone');
    expect(await read(adaOnNewPhone, await write(bob, 'an answer'))).toBe('an answer');
    await expect(read(bob, await write(ada, 'from the old phone'))).rejects.toThrow();
  });

  it('is changed by one message at a time, by whichever address its device is named', async () => {
    const [ada, bob] = [party(), party()];
    const number = '491701234567@s.whatsapp.net';
    for (const each of [ada, bob]) await each.repository.lidMapping.storeLIDPNMappings([{ lid: jid, pn: number }]);
    await introduce(ada, bob, number);
    await read(bob, await write(ada, 'hello', number));
    await read(ada, await write(bob, 'hello Ada', number));
    const talk = async (from: Party, to: Party, text: string): Promise<void> =>
      expect(await read(to, await write(from, text, number))).toBe(text);
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([talk(ada, bob, `to Bob ${round}`), talk(bob, ada, `to Ada ${round}`)]);
    }
  });
});

describe('a working session', () => {
  const sessionsOf = (of: Party): number => of.stored().split('baseKeyType').length - 1;

  it('is kept when the keys of its device are looked up again', async () => {
    const [ada, bob] = [party(), party()];
    await introduce(ada, bob);
    await introduce(ada, bob);
    expect(sessionsOf(ada)).toBe(1);
    expect(await read(bob, await write(ada, 'hello'))).toBe('hello');
  });

  it('is replaced where the device could not decrypt a message, also where it asks by its other address', async () => {
    const [ada, bob] = [party(), party()];
    const number = '491701234567@s.whatsapp.net';
    await ada.repository.lidMapping.storeLIDPNMappings([{ lid: jid, pn: number }]);
    await introduce(ada, bob);
    await introduceAgain(ada, bob);
    expect(sessionsOf(ada)).toBe(2);
    await introduceAgain(ada, bob, number);
    expect(sessionsOf(ada)).toBe(3);
    await introduceAgain(ada, bob, '99999@lid');
    expect(sessionsOf(ada)).toBe(3);
  });

  it('is replaced where the device has another identity, or was registered again', async () => {
    const [ada, bob, another] = [party(), party(), party()];
    await introduce(ada, bob);
    await introduce(ada, another);
    await introduce(ada, { ...another, creds: { ...another.creds, registrationId: 17_000 } });
    expect(sessionsOf(ada)).toBe(3);
  });
});

describe('a message that is being stored', () => {
  it('is decrypted, and the next one as well; what is sent then waits for both', async () => {
    const steps: string[] = [];
    const [ada, bob] = [party(), party(steps)];
    await introduce(ada, bob);
    const [one, two] = [await write(ada, 'one'), await write(ada, 'two')];
    bob.journal.expect(stanzaOf('one', one));
    bob.journal.expect(stanzaOf('two', two));
    steps.length = 0;
    let finish!: () => void;
    bob.disk.isReady = new Promise((resolve) => (finish = resolve));
    expect([await read(bob, one), await read(bob, two)]).toEqual(['one', 'two']);
    const sent = bob.send().then(() => steps.push('sent'));
    await new Promise(setImmediate);
    expect(steps).not.toContain('arrival 1');
    finish();
    await sent;
    expect(steps.slice(-5)).toEqual(['session', 'arrival 1', 'session', 'arrival 2', 'sent']);
  });
});

describe('a store that fails', () => {
  it('is reported, and nothing is sent any more: the message can be decrypted when it comes again', async () => {
    const steps: string[] = [];
    const [ada, bob] = [party(), party(steps)];
    await introduce(ada, bob);
    const message = await write(ada, 'hello');
    bob.disk.isFull = true;
    steps.length = 0;
    await read(bob, message);
    await expect(bob.send()).rejects.toThrow('full');
    expect(steps).toEqual(['store failed']);
    bob.disk.isFull = false;
    expect(await read(bob, message)).toBe('hello');
  });
});
