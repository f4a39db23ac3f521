import { expect, it } from '@jest/globals';
import { openEventStoreDb } from '#lib/event-store/eventstoredb';
import { passOver } from '../../src/platform/log-repairs.js';
import { newEvent } from '../support/event-store/events.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { eventually } from '../support/eventually.js';
import { startPlatform } from '../support/platform-app.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

it('what is no event cannot be passed over', async () => {
  const server = await EventStoreDbServer.start();
  const store = await openEventStoreDb({ url: server.url });
  try {
    const append = { stream: 'counter-a', expected: 'no_stream', events: [newEvent(), newEvent()] } as const;
    const { position } = await store.append(append);
    const actor = { kind: 'admin', id: 'ada' } as const;
    for (const no of [position - 1, position + 1, 1]) {
      const passing = passOver(store, { position: no, reason: 'mistyped', actor });
      await expect(passing).rejects.toMatchObject({ code: 'event_not_corrupt' });
    }
  } finally {
    await store.close();
    await server.stop();
  }
});

it('an event that another process passes over stops nobody here any more, without a restart', async () => {
  const directory = await temporaryDirectory();
  const server = await EventStoreDbServer.start();
  const { app } = await startPlatform(directory.path, { EVENTSTORE_URL: server.url });
  const bump = (id: string) => app.inject({ method: 'POST', url: `/counters/${id}`, payload: { by: 1 } });
  const health = () => app.inject({ method: 'GET', url: '/health/ready' });
  try {
    expect((await bump('a')).json()).toMatchObject({ total: 1 });
    const stream = server.log.records.at(-1)?.stream.replace(/a$/, 'b') ?? '';
    const data = Buffer.from('{"counterId":"b"');
    const broken = { id: newEvent().id, type: 'CounterBumped', isJson: true, data, metadata: Buffer.of() };
    server.log.write(stream, 'any', [broken]);
    const position = server.log.records.at(-1)?.position ?? 0;
    await eventually(async () => (await health()).statusCode === 503);
    expect((await health()).body).toContain(`Event ${position} is corrupt`);

    const elsewhere = await openEventStoreDb({ url: server.url });
    await passOver(elsewhere, { position, reason: 'written by hand', actor: { kind: 'admin', id: 'ada' } });
    await elsewhere.close();

    await eventually(async () => (await health()).statusCode === 200);
    expect((await bump('a')).json()).toMatchObject({ total: 2 });
  } finally {
    await app.close();
    await server.stop();
    await directory.remove();
  }
});
