import { describe, expect, it } from '@jest/globals';
import type { LoggedRequest, RequestBatch, RequestLogStore } from './port.js';
import { RequestLogWriter } from './writer.js';

const request = (id: string, fields: Partial<LoggedRequest> = {}): LoggedRequest => ({
  id,
  at: new Date().toISOString(),
  method: 'GET',
  route: '/v1/me',
  status: 200,
  ms: 1,
  userId: null,
  keyId: null,
  adminId: null,
  address: '127.0.0.1',
  requestId: id,
  bytesIn: 0,
  bytesOut: 0,
  code: null,
  ...fields,
});

/** A store that keeps what it gets, and fails as long as it is told to. */
const memoryStore = () => {
  const written: RequestBatch[] = [];
  const counts = new Map<string, number>();
  const state = { fails: false, hangs: false, until: Promise.resolve(), wrote: () => {} };
  const store: RequestLogStore = {
    write: async (batch) => {
      if (state.hangs) await new Promise(() => {});
      await state.until;
      if (state.fails) throw new Error('disk full');
      written.push(batch);
      state.wrote();
      for (const { id, requests } of batch.counts) counts.set(id, requests);
    },
    find: () => Promise.resolve({ data: [], next: null }),
    sums: async function* () {},
    maintain: () => Promise.resolve(),
    removeBefore: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
  const ids = () => written.flatMap(({ requests }) => requests.map(({ id }) => id));
  const sum = () => [...counts.values()].reduce((total, one) => total + one, 0);
  return { store, state, written, ids, sum };
};

const writerOn = (
  { store }: ReturnType<typeof memoryStore>,
  options: { readonly maxWaiting?: number; readonly keeps?: boolean } = {},
) => {
  const lines: string[] = [];
  const line = (fields: object, text: string) => void lines.push(`${text} ${JSON.stringify(fields)}`);
  const log = { info: line, warn: line };
  const writer = new RequestLogWriter({ open: () => Promise.resolve(store), log, keeps: true, ...options });
  return { writer, lines };
};

describe('the writer of the log of requests', () => {
  it('writes what comes together in one batch, and has written it when somebody reads', async () => {
    const store = memoryStore();
    const { writer } = writerOn(store);
    for (const id of ['a', 'b', 'c']) writer.record(request(id));
    await writer.settled();
    expect(store.written.map(({ requests }) => requests.length)).toEqual([3]);
    expect(store.ids()).toEqual(['a', 'b', 'c']);
  });

  it('writes what waits when it is closed', async () => {
    const store = memoryStore();
    const { writer } = writerOn(store);
    writer.record(request('a'));
    await writer.close();
    expect(store.ids()).toEqual(['a']);
  });

  it('keeps what could not be written, drops the oldest beyond its bound, and says how many are missing', async () => {
    const store = memoryStore();
    store.state.fails = true;
    const { writer, lines } = writerOn(store, { maxWaiting: 3 });
    writer.record(request('first', { userId: 'ana' }));
    await writer.settled();
    for (const id of ['a', 'b', 'c', 'd']) writer.record(request(id, { userId: 'ana' }));
    expect(writer.state()).toMatchObject({ waiting: 3, dropped: 2 });
    store.state.fails = false;
    await writer.close();
    expect(store.ids()).toEqual(['b', 'c', 'd']);
    expect(store.sum()).toBe(5);
    expect(lines).toEqual([
      expect.stringMatching(/^Requests cannot be logged: they wait/),
      expect.stringMatching(/^The oldest requests are left out/),
      'Requests are logged again {"missing":2}',
    ]);
  });

  it('counts the requests of each user and quarter of an hour', async () => {
    const store = memoryStore();
    const { writer } = writerOn(store, { keeps: false });
    for (const userId of ['ana', 'ana', 'bob', null]) writer.record(request('x', { userId }));
    await writer.settled();
    writer.record(request('x', { userId: 'ana', at: new Date(Date.now() - 3_600_000).toISOString() }));
    await writer.settled();
    writer.record(request('x', { userId: 'ana', at: new Date(Date.now() - 3_600_000).toISOString() }));
    await writer.close();
    expect(store.ids()).toEqual([]);
    expect(store.sum()).toBe(5);
  });

  it('counts after a request that is neither counted nor kept', async () => {
    const store = memoryStore();
    const { writer } = writerOn(store, { keeps: false });
    writer.record(request('x'));
    writer.record(request('x', { userId: 'ana' }));
    await writer.settled();
    expect(store.sum()).toBe(1);
    await writer.close();
  });

  it('has a reader wait for what was recorded before, not for what comes meanwhile', async () => {
    const store = memoryStore();
    const { writer } = writerOn(store);
    store.state.wrote = () => writer.record(request('later')); // something always waits
    writer.record(request('a'));
    let hasRead = false;
    const reading = writer.settled().then(() => (hasRead = true));
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate); // takes far less than readers wait at most
    expect([hasRead, store.ids()]).toEqual([true, ['a']]);
    store.state.wrote = () => {};
    await reading;
    await writer.close();
  });

  it('says each time that it begins to drop requests, also where the store is only slow', async () => {
    const store = memoryStore();
    const { writer, lines } = writerOn(store, { maxWaiting: 1 });
    for (const _time of [1, 2]) {
      let goOn = (): void => {};
      store.state.until = new Promise((resolve) => (goOn = resolve));
      writer.record(request('a'));
      await writer.settled(); // which does not wait for long
      for (const id of ['b', 'c', 'd']) writer.record(request(id));
      goOn();
      await writer.settled();
    }
    expect(lines).toEqual([
      expect.stringMatching(/^The oldest requests are left out/),
      'Requests are logged again {"missing":2}',
      expect.stringMatching(/^The oldest requests are left out/),
      'Requests are logged again {"missing":2}',
    ]);
    await writer.close();
  });

  it('waits neither for a store that does not answer nor for one that cannot be opened', async () => {
    const store = memoryStore();
    store.state.hangs = true;
    const { writer } = writerOn(store);
    writer.record(request('a'));
    const begunAt = performance.now();
    await writer.settled();
    await writer.close();
    expect(performance.now() - begunAt).toBeLessThan(5000);

    const log = { info: () => {}, warn: () => {} };
    const broken = new RequestLogWriter({
      open: () => Promise.reject(new Error('no such directory')),
      log,
      keeps: true,
    });
    broken.record(request('a'));
    await expect(broken.settled()).rejects.toThrow('no such directory');
    await broken.close();
  });
});
