import { expect, it } from '@jest/globals';
import { Storage } from './storage.js';

it('a transaction that has ended writes nothing more, and locks nothing', async () => {
  const storage = new Storage();
  storage.create('waybill.chats');
  const ended = storage.begin();
  await storage.write('waybill.chats', 1, { _id: 1, by: 'ended' }, ended);
  ended.abort();
  await expect(storage.write('waybill.chats', 2, { _id: 2, by: 'ended' }, ended)).rejects.toMatchObject({ code: 251 });
  const next = storage.begin();
  for (const id of [1, 2]) await storage.write('waybill.chats', id, { _id: id, by: 'next' }, next);
  next.commit();
  expect([1, 2].map((id) => storage.get('waybill.chats', id))).toEqual([
    { _id: 1, by: 'next' },
    { _id: 2, by: 'next' },
  ]);
});
