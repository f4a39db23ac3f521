import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openSqliteCredentials, sealedCredentials } from '#lib/whatsapp/baileys';
import { startSandbox } from '#lib/whatsapp-sandbox';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Gateway } from './support/gateway.js';

it('a session records that it gave a token, and does not give another one with the next message', async () => {
  const directory = await temporaryDirectory();
  const sandbox = await startSandbox();
  const gateway = await Gateway.open(directory.path, sandbox);
  await gateway.link(sandbox.phones.create());
  const friend = sandbox.phones.create();

  /** The record on disk. */
  const tokenRecord = async (): Promise<unknown> => {
    await gateway.close();
    const store = await openSqliteCredentials({ file: join(directory.path, 'credentials.db') });
    const jid = `${friend.lid}@lid`;
    const token = (await sealedCredentials(store, gateway.key).read('one', 'tctoken', [jid])).get(jid);
    await store.close();
    await gateway.reopen();
    await gateway.start();
    return token && JSON.parse(Buffer.from(token).toString().slice(1));
  };
  await gateway.send(friend, 'one');
  await gateway.send(friend, 'two'); // its ack comes after that of the token
  const first = await tokenRecord();
  expect(first).toMatchObject({ senderTimestamp: expect.any(Number) });
  await gateway.send(friend, 'three');
  await gateway.send(friend, 'four');
  expect(await tokenRecord()).toEqual(first);

  await gateway.close();
  await sandbox.stop();
  await directory.remove();
});
