import { expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { MessagesClient } from './messages-client.js';
import { startScaledServers } from './scaled-servers.js';
import { Waybill } from './waybill.js';

it('servers of all stores in a process of their own keep what a service accepts', async () => {
  const servers = await startScaledServers();
  const waybill = await Waybill.start(servers.variables);
  try {
    const client = await MessagesClient.link(waybill);
    const friend = await waybill.sandbox.newPhone();
    await client.until(await client.send(friend, 'Good morning'), 'delivered');
    expect((await readdir(waybill.dataDirectory)).filter((name) => name.endsWith('.db'))).toEqual([]);
  } finally {
    await waybill.end();
    await servers.end();
  }
}, 240_000);
