import { expect, it } from '@jest/globals';
import type { Phone } from '#lib/whatsapp-sandbox';
import { opened, type Opened } from '../support/fixtures.js';

const twoSessions = (test: (fixture: Opened & { readonly phones: readonly [Phone, Phone] }) => Promise<void>) =>
  opened(async ({ sandbox, gateway }) => {
    const phones: readonly [Phone, Phone] = [sandbox.phones.create(), sandbox.phones.create()];
    await Promise.all(phones.map((phone, index) => gateway.link(phone, `session ${index}`)));
    await test({ sandbox, gateway, phones });
  });

/** Several sessions of one process. */
export const severalSessionsCases = (): void => {
  it(
    'write to each other, and each receives its own messages',
    twoSessions(async ({ gateway, phones }) => {
      const [ada, bob] = phones;
      await Promise.all([gateway.send(bob, 'to Bob', 'session 0'), gateway.send(ada, 'to Ada', 'session 1')]);
      expect((await gateway.nth('message', 1, 'session 0')).message).toMatchObject({ content: { body: 'to Ada' } });
      expect((await gateway.nth('message', 1, 'session 1')).message).toMatchObject({ content: { body: 'to Bob' } });
      await gateway.connections.stop('session 0');
      await gateway.send(ada, 'still here', 'session 1');
      expect((await gateway.connections.linkedSessions()).toSorted()).toEqual(['session 0', 'session 1']);
    }),
  );

  it(
    'start once when they are started several times at the same time',
    twoSessions(async ({ sandbox, gateway }) => {
      await gateway.connections.stop('session 0');
      await gateway.after(
        'open',
        () => Promise.all(Array.from({ length: 5 }, () => gateway.connections.start('session 0'))),
        'session 0',
      );
      expect(gateway.all('connecting', 'session 0')).toHaveLength(2);
      expect(sandbox.connections()).toBe(2);
    }),
  );
};
