import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, expect, it, jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { linked } from './support/fixtures.js';
import { textsOf } from './support/gateway.js';

/** By which Baileys begins each transaction of keys. */
const run = jest.spyOn(AsyncLocalStorage.prototype, 'run');

afterAll(() => run.mockRestore());

it(
  'messages to people take no transaction of keys, while those to groups do',
  linked(async ({ gateway, friend }) => {
    await gateway.send(friend, 'hello');
    await eventually(() => textsOf(friend).length === 1);
    run.mockClear();
    const texts = Array.from({ length: 10 }, (_, index) => `text ${index}`);
    await Promise.all(texts.map((text) => gateway.send(friend, text)));
    await eventually(() => textsOf(friend).length === 11);
    expect(textsOf(friend)).toEqual(['hello', ...texts]);
    expect(run).not.toHaveBeenCalled();
    const { jid } = await gateway.connections.groups.create('one', 'Walkers', [`${friend.number}@s.whatsapp.net`]);
    await gateway.send(jid, 'to all');
    await eventually(() => textsOf(friend).includes('to all'));
    expect(run).toHaveBeenCalled();
  }),
);
