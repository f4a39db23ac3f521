import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MasterKey, type Secrets } from '#lib/vault';
import { openMongoSecrets } from '#lib/vault/mongo';
import { eventually } from '../support/eventually.js';
import { openOn } from '../support/mongodb-server/open-on.js';
import { MongoServer } from '../support/mongodb-server/server.js';

const unavailable = expect.objectContaining({ name: 'SecretsUnavailable' });
/** More than the driver tries again. */
const many = 50;
const key = new MasterKey(randomBytes(32));
const bytes = (text: string): Buffer => Buffer.from(text);

describe.each([
  ['a replica set', 'rs0'],
  ['a server of its own', null],
])('secrets on %s', (_what, replicaSet) => {
  /** Only there does the driver repeat a write. */
  const isRepeated = replicaSet !== null;
  let server: MongoServer;
  let secrets: Secrets;
  const text = async (id: string) => (await secrets.get('token', id))?.bytes.toString();
  const outcome = <T>(work: Promise<T>): Promise<T | 'refused'> =>
    work.catch((error: unknown) => {
      expect(error).toEqual(unavailable);
      return 'refused';
    });

  beforeEach(async () => {
    server = await MongoServer.start({ replicaSet });
    const uri = `${server.uri(`vault-${randomUUID().slice(0, 13)}`)}&serverSelectionTimeoutMS=1500`;
    secrets = await openOn(uri, (mongo) => openMongoSecrets(mongo, { key, mayBeNew: true }));
  });
  afterEach(async () => {
    server.faults.clear();
    await secrets.close();
    await server.stop();
  });

  type Change = {
    readonly command: 'update secrets' | 'findAndModify secrets';
    readonly make: () => Promise<unknown>;
    /** What it answers where it is done, and whether it shows. */
    readonly done: unknown;
    readonly shows: () => Promise<boolean>;
  };
  /** All on secrets that are `old`, except the one that is added. */
  const changes: { readonly [name: string]: Change } = {
    put: {
      command: 'update secrets',
      make: () => secrets.put('token', 'put', bytes('new')),
      done: undefined,
      shows: async () => (await text('put')) === 'new',
    },
    add: {
      command: 'update secrets',
      make: () => secrets.add('token', 'add', bytes('new')),
      done: true,
      shows: async () => (await text('add')) === 'new',
    },
    replace: {
      command: 'update secrets',
      make: async () => {
        const { revision } = (await secrets.get('token', 'replace'))!;
        return secrets.replace('token', 'replace', revision, bytes('new'));
      },
      done: true,
      shows: async () => (await text('replace')) === 'new',
    },
    take: {
      command: 'findAndModify secrets',
      make: async () => (await secrets.take('token', 'take'))?.bytes.toString(),
      done: 'old',
      shows: async () => (await text('take')) === undefined,
    },
    remove: {
      command: 'findAndModify secrets',
      make: () => secrets.remove('token', 'remove'),
      done: undefined,
      shows: async () => (await text('remove')) === undefined,
    },
  };
  const prepare = async (): Promise<void> => {
    for (const name of ['put', 'replace', 'take', 'remove']) await secrets.put('token', name, bytes('old'));
    await secrets.remove('token', 'add');
  };

  it('are changed once, and say so, where the driver can repeat what the server did not answer', async () => {
    for (const fault of ['drop', 'loseAnswer', 'stepDown'] as const) {
      await prepare();
      for (const name of ['add', 'replace', 'take']) {
        const { command, make, done, shows } = changes[name]!;
        server.faults[fault](command);
        const expected = isRepeated ? [done, true] : ['refused', fault === 'loseAnswer'];
        expect([fault, name, await outcome(make()), await shows()]).toEqual([fault, name, ...expected]);
      }
    }
  });

  it('are changed as a whole or not at all, and never twice, where the server fails for longer than that', async () => {
    for (const fault of ['drop', 'loseAnswer', 'stepDown'] as const) {
      await prepare();
      for (const command of ['update secrets', 'findAndModify secrets']) server.faults[fault](command, many);
      const answers = await Promise.all(Object.values(changes).map(({ make }) => outcome(make())));
      expect([fault, ...answers]).toEqual([fault, ...answers.map(() => 'refused')]);
      server.faults.clear();
      await eventually(async () => (await outcome(text('put'))) !== 'refused');
      const done = new Map<string, boolean>();
      for (const [name, { shows }] of Object.entries(changes)) done.set(name, await shows());
      expect([fault, [...done.values()].some(Boolean)]).toEqual([fault, fault === 'loseAnswer']);
      expect(await secrets.add('token', 'add', bytes('again'))).toBe(!done.get('add'));
      expect((await secrets.take('token', 'take')) === undefined).toBe(done.get('take'));
    }
  });

  it('are waited for while the server is slow, and what is asked meanwhile is done once, too', async () => {
    await secrets.put('token', 'ticket', bytes('ride'));
    const release = [server.faults.hold('findAndModify secrets', 2), server.faults.hold('update secrets')];
    const taking = Promise.all([secrets.take('token', 'ticket'), secrets.take('token', 'ticket')]);
    const putting = secrets.put('token', 'slow', bytes('kept'));
    await eventually(() =>
      ['findAndModify secrets', 'update secrets'].every((command) => server.faults.isHolding(command)),
    );
    expect(await text('slow')).toBeUndefined();
    for (const go of release) go();
    expect((await taking).filter((taken) => taken?.bytes.toString() === 'ride')).toHaveLength(1);
    await putting;
    expect(await text('slow')).toBe('kept');
  });

  it('keep all that was acknowledged, and go on by themselves, when the server was gone for longer than anybody waits', async () => {
    const kept: string[] = [];
    const write = async (id: string): Promise<boolean> => {
      if ((await outcome(secrets.add('token', id, bytes(id)))) === 'refused') return false;
      kept.push(id);
      return true;
    };
    for (let n = 0; n < 20; n += 1) void write(`before ${n}`).catch(() => undefined);
    const { port, storage } = server;
    await server.stop();
    expect(await Promise.all([write('away'), outcome(secrets.get('token', 'a')), outcome(secrets.sweep())])).toEqual([
      false,
      'refused',
      'refused',
    ]);
    server = await MongoServer.start({ port, storage, replicaSet });
    await eventually(() => write('after'));
    for (const id of kept) expect([id, await text(id)]).toEqual([id, id]);
    expect(await text('away')).toBeUndefined();
  });
});
