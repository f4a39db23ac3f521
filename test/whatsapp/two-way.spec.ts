import { expect, it } from '@jest/globals';
import { textsFrom } from './support/expectations.js';
import { linked } from './support/fixtures.js';
import { textsOf } from './support/gateway.js';
import { eventually } from '../support/eventually.js';

const messages = 120;
const messagesPerLookUp = 10;
const messagesPerRestart = 40;

it(
  'a busy chat in both directions stays readable and in order, although device lists end and the service restarts',
  linked(async ({ sandbox, gateway, phone, friend }) => {
    sandbox.transcript.setCapacity(100_000);
    const numbered = (prefix: string) => Array.from({ length: messages }, (_, n) => `${prefix} ${n}`);
    const [toFriend, toShop] = [numbered('to Ada'), numbered('to the shop')];
    let restarting = Promise.resolve();

    const sendToFriend = async (): Promise<void> => {
      for (const text of toFriend) {
        // A message whose outcome the restart hides is sent again with its id; the friend's phone recognizes it.
        await eventually(async () => {
          await restarting;
          await gateway.send(friend, text);
        });
      }
    };
    const sendToShop = async (): Promise<void> => {
      for (const [n, text] of toShop.entries()) {
        await friend.send({ to: phone.number, type: 'text', text });
        if (n % messagesPerLookUp === 5) sandbox.faults.add({ kind: 'devices-changed' });
        if (n % messagesPerRestart === 20) restarting = restart();
        await eventually(() => textsOf(friend).length >= n - 2 * messagesPerLookUp);
      }
    };
    const restart = async (): Promise<void> => {
      await gateway.close();
      await gateway.reopen();
      await gateway.start();
    };
    await Promise.all([sendToFriend(), sendToShop()]);

    await eventually(() => new Set(textsFrom(gateway, friend.number)).size === messages, 30_000);
    await eventually(() => textsOf(friend).length === messages, 30_000);
    expect([...new Set(textsFrom(gateway, friend.number))]).toEqual(toShop);
    expect(textsOf(friend)).toEqual(toFriend);
    const retries = sandbox.transcript
      .entries()
      .filter(({ stanza }) => stanza.tag === 'receipt' && stanza.attrs['type'] === 'retry');
    expect(retries).toEqual([]);
  }),
  120_000,
);

it(
  'device lists outlive a restart, and end when WhatsApp says so',
  linked(async ({ sandbox, gateway, friend }) => {
    await gateway.send(friend, 'looked up');
    sandbox.transcript.setCapacity(10_000);
    const lookUps = () =>
      sandbox.transcript
        .entries()
        .filter(({ direction, stanza }) => direction === 'in' && JSON.stringify(stanza).includes('"devices"')).length;
    await gateway.close();
    await gateway.reopen();
    await gateway.start();
    await gateway.send(friend, 'known');
    expect(lookUps()).toBe(0);
    sandbox.faults.add({ kind: 'devices-changed' });
    await eventually(async () => {
      await gateway.send(friend, `after the notice ${lookUps()}`);
      return lookUps() > 0;
    });
  }),
);
