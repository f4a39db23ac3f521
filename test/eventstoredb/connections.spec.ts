import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#lib/event-store';
import { openEventStoreDb } from '#lib/event-store/eventstoredb';
import { quick } from '../support/event-store/eventstoredb-scene.js';
import { collect, newEvents, newStream } from '../support/event-store/events.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { TlsAuthority } from '../../libs/whatsapp-sandbox/media/certificate.js';

const append = () => ({ stream: newStream(), expected: 'no_stream' as const, events: newEvents(1) });

/** Starts servers that share one log, and stops them. */
const withCluster = async (test: (leader: EventStoreDbServer, follower: EventStoreDbServer) => Promise<void>) => {
  const leader = await EventStoreDbServer.start();
  const follower = await EventStoreDbServer.start({ log: leader.log });
  follower.role = { leader: { host: '127.0.0.1', port: leader.port } };
  leader.members = follower.members = [leader.asMember(true), follower.asMember(false)];
  try {
    await test(leader, follower);
  } finally {
    await leader.stop();
    await follower.stop();
  }
};

const withStore = async (url: string, test: (store: Awaited<ReturnType<typeof openEventStoreDb>>) => Promise<void>) => {
  const store = await openEventStoreDb({ url, limits: quick });
  try {
    await test(store);
  } finally {
    await store.close();
  }
};

describe('a cluster of EventStoreDB', () => {
  it('is written through its leader, whichever node is named', () =>
    withCluster((_leader, follower) =>
      withStore(follower.url, async (store) => {
        expect(await store.append(append())).toMatchObject({ revision: 0 });
        expect(await collect(store.readAll())).toHaveLength(1);
      }),
    ));

  it.each(['esdb+discover', 'kurrentdb+discover'])('is discovered by its gossip with %s://', (scheme) =>
    withCluster((_leader, follower) =>
      withStore(`${scheme}://127.0.0.1:${follower.port}?tls=false`, async (store) => {
        expect(await store.append(append())).toMatchObject({ revision: 0 });
      }),
    ),
  );

  it('goes on when another node becomes the leader, and when the first one is gone', () =>
    withCluster((first, second) =>
      withStore(`esdb://127.0.0.1:${first.port},127.0.0.1:${second.port}?tls=false`, async (store) => {
        await store.append(append());
        second.role = 'leader';
        first.role = { leader: { host: '127.0.0.1', port: second.port } };
        first.members = second.members = [first.asMember(false), second.asMember(true)];
        expect(await store.append(append())).toMatchObject({ revision: 0 });
        await first.stop();
        second.members = [first.asMember(false, false), second.asMember(true)];
        expect(await store.append(append())).toMatchObject({ revision: 0 });
        expect(await collect(store.readAll())).toHaveLength(3);
      }),
    ));
});

describe('a connection to EventStoreDB', () => {
  const users = {
    admin: { password: 'change:it', isAdmin: true },
    guest: { password: 'guest', isAdmin: false },
  };

  it('is encrypted, and says who connects', async () => {
    const directory = await temporaryDirectory();
    const authority = await TlsAuthority.generate();
    const { key, cert } = await authority.issue(['127.0.0.1']);
    const server = await EventStoreDbServer.start({ users, tls: { key, certificate: cert } });
    const caFile = join(directory.path, 'ca.pem');
    await writeFile(caFile, authority.certificate);
    const urlFor = (user: string) =>
      `esdb://${user}@127.0.0.1:${server.port}?tls=true&tlsCAFile=${encodeURIComponent(caFile)}`;
    try {
      await withStore(urlFor(`admin:${encodeURIComponent('change:it')}`), async (store) => {
        expect(await store.append(append())).toMatchObject({ revision: 0 });
        expect(await collect(store.readAll())).toHaveLength(1);
      });
      for (const user of ['admin:wrong-secret', 'guest:guest']) {
        const refused = openEventStoreDb({ url: urlFor(user), limits: quick });
        await expect(refused).rejects.toThrow('It refuses the user name or password, or the user may not read $all');
        await expect(refused).rejects.not.toThrow('wrong-secret');
      }
      const untrusted = openEventStoreDb({ url: server.url, limits: { ...quick, giveUpAfterMs: 200 } });
      await expect(untrusted).rejects.toThrow(StoreUnavailable);
    } finally {
      await server.stop();
      await directory.remove();
    }
  });

  it('fails where no server is', async () => {
    const server = await EventStoreDbServer.start();
    await server.stop();
    const failed = openEventStoreDb({ url: server.url, limits: { ...quick, giveUpAfterMs: 200 } });
    await expect(failed).rejects.toThrow(StoreUnavailable);
  });

  it('refuses a server that is too old to tell when a reader has caught up', async () => {
    const server = await EventStoreDbServer.start({ version: '22.10.5' });
    try {
      const failed = openEventStoreDb({ url: server.url, limits: quick });
      await expect(failed).rejects.toThrow('version 22.10.5 is too old, 23.10 or later is needed');
    } finally {
      await server.stop();
    }
  });
});
