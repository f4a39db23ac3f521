import { expect, it } from '@jest/globals';
import { messageIdFor } from '#lib/whatsapp';
import { eventually } from '../../support/eventually.js';
import { failureOf } from '../support/expectations.js';
import { linked, linkedImpatiently } from '../support/fixtures.js';
import { textsOf } from '../support/gateway.js';

/** What becomes of a message that is not simply acknowledged. */
export const ackCases = (): void => {
  it(
    'rejects with the refusal of WhatsApp, and sends the next message',
    linked(async ({ sandbox, gateway, friend }) => {
      sandbox.faults.add({ kind: 'nack', code: 463 });
      expect((await failureOf(gateway.send(friend, 'refused'))).outcome).toMatchObject({
        kind: 'refused',
        refusal: { code: 463, retryable: false },
      });
      await gateway.send(friend, 'fine');
      expect(gateway.all('refused')).toEqual([]);
    }),
  );

  it(
    'is addressed by LID, once, where it was refused because it was addressed by number',
    linked(async ({ sandbox, gateway, friend }) => {
      friend.set({ lidKnown: false });
      await gateway.send(friend, 'by number');
      friend.set({ lidKnown: true });
      sandbox.faults.add({ kind: 'nack', code: 463 });
      await gateway.send(friend, 'the other way');
      await eventually(() => textsOf(friend).includes('the other way'));
      sandbox.faults.add({ kind: 'nack', code: 475 });
      const { outcome } = await failureOf(gateway.send(friend, 'too many'));
      expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 475, retryable: false } });
    }),
  );

  it(
    'says at once and for certain that it did not leave',
    linked(async ({ sandbox, gateway, friend }) => {
      const { outcome: noGroup } = await failureOf(gateway.send('123456789012345678@g.us', 'anybody?'));
      expect(noGroup).toMatchObject({ kind: 'refused', refusal: { code: 404, retryable: false } });
      sandbox.faults.add({ kind: 'no-keys', number: friend.number, count: 1000 });
      const { outcome: noKeys } = await failureOf(gateway.send(friend, 'no keys'));
      expect(noKeys).toEqual({ kind: 'not_sent', reason: expect.stringContaining('no keys') });
      sandbox.faults.clear();
      await gateway.send(friend, 'with keys');
      await eventually(() => textsOf(friend).includes('with keys'));
    }),
  );

  it(
    'reports an ack that arrives after the timeout',
    linkedImpatiently(async ({ sandbox, gateway, friend }) => {
      sandbox.faults.add({ kind: 'slow-ack', ms: 2_500 });
      expect((await failureOf(gateway.send(friend, 'slow'))).outcome).toEqual({ kind: 'unknown' });
      await eventually(() => gateway.all('receipt').some(({ receipt }) => receipt.status === 'sent'));
      expect(gateway.all('receipt').find(({ receipt }) => receipt.status === 'sent')).toMatchObject({
        receipt: { whatsappIds: [messageIdFor('slow')] },
      });
    }),
  );

  it(
    'has an unknown outcome when the ack is lost; a second attempt is received once',
    linkedImpatiently(async ({ sandbox, gateway, friend }) => {
      sandbox.faults.add({ kind: 'lose-ack' });
      expect((await failureOf(gateway.send(friend, 'lost'))).outcome).toEqual({ kind: 'unknown' });
      await gateway.send(friend, 'lost');
      await eventually(() => friend.messages().length === 2);
      expect(friend.messages().map(({ text, duplicate }) => [text, duplicate])).toEqual([
        ['lost', undefined],
        ['lost', true],
      ]);
    }),
  );

  it(
    'has an unknown outcome when the connection ends before the ack',
    linked(async ({ sandbox, gateway, friend }) => {
      sandbox.faults.add({ kind: 'lose-ack', count: 2 });
      const [sending, waiting] = [
        failureOf(gateway.send(friend, 'cut off')),
        failureOf(gateway.send(friend, 'behind it')),
      ];
      await eventually(() => textsOf(friend).includes('cut off'));
      await gateway.connections.stop('one');
      expect((await sending).outcome).toEqual({ kind: 'unknown' });
      expect((await waiting).outcome.kind).toMatch(/unknown|not_sent/);
      expect((await failureOf(gateway.send(friend, 'too late'))).outcome).toEqual({ kind: 'not_sent' });
    }),
  );
};
