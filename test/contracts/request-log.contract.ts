import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type {
  LoggedRequest,
  RequestFilter,
  RequestLogStore,
  RequestSearch,
  RequestSum,
  SumSearch,
} from '#lib/request-log';

/** A place for a log of requests. */
export type RequestLogFixture = {
  open(): Promise<RequestLogStore>;
  remove(): Promise<void>;
};

const start = Date.parse('2026-01-02T03:04:05.000Z');
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

const request = (second: number, fields: Partial<LoggedRequest> = {}): LoggedRequest => ({
  id: newId(),
  at: at(second),
  method: 'GET',
  route: '/v1/messages/:id',
  status: 200,
  ms: 3,
  userId: null,
  keyId: null,
  adminId: null,
  address: '203.0.113.7',
  requestId: newId(),
  bytesIn: 0,
  bytesOut: 100,
  code: null,
  ...fields,
});

const [ana, bob, key, admin] = [newId(), newId(), newId(), newId()];

/** The contract of the log of requests, for every adapter. */
export const requestLogContract = (name: string, newFixture: () => Promise<RequestLogFixture>): void => {
  describe(`the log of requests in ${name}`, () => {
    let fixture: RequestLogFixture;
    let store: RequestLogStore;

    const write = (...requests: readonly LoggedRequest[]) => store.write({ requests, counts: [] });
    const find = async (where: RequestFilter = {}, more: Partial<RequestSearch> = {}) =>
      (await store.find({ where, limit: 100, ...more })).data;
    const sumsOf = async (search: SumSearch) => {
      const sums: RequestSum[] = [];
      for await (const sum of store.sums(search)) sums.push(sum);
      return sums.map(({ of, requests }) => [of, requests] as const);
    };

    beforeEach(async () => {
      fixture = await newFixture();
      store = await fixture.open();
    });
    afterEach(async () => {
      await store.close();
      await fixture.remove();
    });

    it('has what was written, the latest first, also after a restart', async () => {
      const first = request(1, { userId: ana, keyId: key, bytesIn: 5 });
      const second = request(2, { status: null, route: null, adminId: admin });
      const third = request(2, { status: 404, code: 'message_not_found' });
      await write(first);
      await write(second, third);
      await store.close();
      store = await fixture.open();
      expect(await find()).toEqual([third, second, first]);
    });

    it('has each once, however often it is written', async () => {
      const [one, other] = [request(1), request(2)];
      await write(one);
      await write(one, other);
      expect(await find()).toEqual([other, one]);
    });

    it('is searched by every field', async () => {
      const all = [
        request(1, { method: 'POST', route: '/v1/messages', status: 202, userId: ana, keyId: key }),
        request(2, { status: 404, code: 'message_not_found', userId: ana, ms: 250 }),
        request(3, { status: 500, code: 'internal_error', userId: bob, address: '2001:db8::1' }),
        request(4, { adminId: admin, requestId: 'mine' }),
        request(5, { status: null }),
        request(6, { bytesIn: 70_000, bytesOut: 2_000_000, status: 201 }),
      ];
      await write(...all);
      const found = async (where: RequestFilter) =>
        (await find(where)).map((one) => all.indexOf(all.find(({ id }) => id === one.id)!) + 1);
      expect(await found({ method: 'POST' })).toEqual([1]);
      expect(await found({ route: '/v1/messages' })).toEqual([1]);
      expect(await found({ status: 404 })).toEqual([2]);
      expect(await found({ status: '4xx' })).toEqual([2]);
      expect(await found({ status: '2xx' })).toEqual([6, 4, 1]);
      expect(await found({ userId: ana })).toEqual([2, 1]);
      expect(await found({ userId: ana, status: '4xx', code: 'message_not_found' })).toEqual([2]);
      expect(await found({ userId: bob, code: 'message_not_found' })).toEqual([]);
      expect(await found({ keyId: key })).toEqual([1]);
      expect(await found({ adminId: admin })).toEqual([4]);
      expect(await found({ address: '2001:db8::1' })).toEqual([3]);
      expect(await found({ requestId: 'mine' })).toEqual([4]);
      expect(await found({ code: 'internal_error' })).toEqual([3]);
      expect(await found({ minMs: 250 })).toEqual([2]);
      expect(await found({ minBytesIn: 70_000 })).toEqual([6]);
      expect(await found({ minBytesIn: 70_001 })).toEqual([]);
      expect(await found({ minBytesOut: 2_000_000, minMs: 3 })).toEqual([6]);
      expect(await found({ minBytesOut: 101, status: '4xx' })).toEqual([]);
    });

    it('is searched by time: the end is excluded', async () => {
      await write(request(1), request(2), request(3), request(4));
      const times = (await find({}, { from: at(2), to: at(4) })).map((one) => one.at);
      expect(times).toEqual([at(3), at(2)]);
    });

    it('is read page by page, with none twice and none missing while more are written', async () => {
      const all = Array.from({ length: 25 }, (_, index) =>
        request(Math.floor(index / 5), { userId: index % 2 ? ana : bob }),
      );
      await write(...all);
      const seen: LoggedRequest[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await store.find({ where: { userId: ana }, limit: 5, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.data);
        cursor = page.next;
        await write(request(100, { userId: ana }));
      }
      const expected = all.filter(({ userId }) => userId === ana).toReversed();
      expect(seen.filter((one) => one.at !== at(100)).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    });

    it('ends a search that finds little after a part of the log, and says where it goes on', async () => {
      const many = Array.from({ length: 60_000 }, (_, index) => request(Math.floor(index / 7), { userId: bob }));
      const rare = { ...many[0]!, ms: 9000, status: 503, bytesOut: 5000 };
      await write(rare, ...many.slice(1));
      for (const where of [
        { status: '5xx' },
        { minMs: 9000 },
        { minBytesOut: 5000, method: 'GET' },
        { userId: bob, status: 503 },
      ] as const) {
        const first = await store.find({ where, limit: 10 });
        expect([first.data, typeof first.next]).toEqual([[], 'string']);
        expect(await store.find({ where, limit: 10, cursor: first.next! })).toEqual({ data: [rare], next: null });
      }
      const usual = { where: { status: 200, route: '/v1/messages/:id' }, limit: 2 };
      const { data, next } = await store.find(usual);
      expect([data, (await store.find({ ...usual, cursor: next! })).data]).toEqual([
        many.slice(-2).toReversed(),
        many.slice(-4, -2).toReversed(),
      ]);
      expect((await store.find({ where: { userId: ana, status: 200 }, limit: 10 })).next).toBeNull();
    });

    it('refuses a cursor that is none', async () => {
      const invalid = expect.objectContaining({ name: 'InvalidCursor' });
      await expect(find({}, { cursor: 'nonsense' })).rejects.toEqual(invalid);
      await expect(find({}, { cursor: Buffer.from('{"at":1}').toString('base64url') })).rejects.toEqual(invalid);
    });

    it('has counts by quarters of an hour, each as it was written last', async () => {
      const quarters = ['2026-01-02T03:00:00.000Z', '2026-01-02T03:15:00.000Z', '2026-01-02T03:30:00.000Z'] as const;
      const count = (userId: string, quarter: string, requests: number, id = newId()) => ({
        id,
        userId,
        quarter,
        requests,
      });
      const one = count(ana, quarters[0], 3);
      const others = [count(bob, quarters[1], 5), count(ana, quarters[1], 7), count(ana, quarters[2], 9)];
      await store.write({ requests: [], counts: [one, ...others] });
      await store.write({ requests: [], counts: [{ ...one, requests: 4 }] });
      const untilLast = { from: quarters[0], to: quarters[2] };
      expect(await sumsOf({ ...untilLast, by: 'quarter' })).toEqual([
        [quarters[0], 4],
        [quarters[1], 12],
      ]);
      expect(Object.fromEntries(await sumsOf({ ...untilLast, by: 'user' }))).toEqual({ [ana]: 11, [bob]: 5 });
      const ofAna = { userId: ana, from: quarters[1], to: '2026-01-03T00:00:00.000Z' };
      expect(await sumsOf({ ...ofAna, by: 'quarter' })).toEqual([
        [quarters[1], 7],
        [quarters[2], 9],
      ]);
      expect(await sumsOf({ ...ofAna, by: 'user' })).toEqual([[ana, 16]]);
      expect(await sumsOf({ ...ofAna, userId: admin, by: 'quarter' })).toEqual([]);
    });

    it('adds up counts of many users and quarters, and of several processes', async () => {
      const users = Array.from({ length: 1500 }, () => newId()).toSorted();
      const counts = Array.from({ length: 3000 }, (_, index) => ({
        id: newId(),
        userId: users[index % 1500]!,
        quarter: new Date(start - (start % 900_000) + Math.floor(index / 2) * 900_000).toISOString(),
        requests: 1,
      }));
      await store.write({ requests: [], counts });
      const all = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' };
      expect(await sumsOf({ ...all, by: 'user' })).toEqual(users.map((user) => [user, 2]));
      const quarters = counts.filter((_, index) => index % 2 === 0).map(({ quarter }) => [quarter, 2]);
      expect(await sumsOf({ ...all, by: 'quarter' })).toEqual(quarters);
    });

    it('is maintained', async () => {
      await write(request(1));
      await store.maintain();
      expect(await find()).toHaveLength(1);
    });

    it('loses what is too old, the oldest first and in pieces; counts stay', async () => {
      const counts = [{ id: newId(), userId: ana, quarter: '2026-01-02T03:00:00.000Z', requests: 5 }];
      await store.write({ requests: [1, 2, 3, 4, 5].map((second) => request(second)), counts });
      expect(await store.removeBefore(at(4), 2)).toBe(2);
      expect((await find()).map((one) => one.at)).toEqual([at(5), at(4), at(3)]);
      expect(await store.removeBefore(at(4), 2)).toBe(1);
      expect(await store.removeBefore(at(4), 2)).toBe(0);
      const day = { from: '2026-01-02T00:00:00.000Z', to: '2026-01-03T00:00:00.000Z', by: 'user' } as const;
      expect(await sumsOf(day)).toEqual([[ana, 5]]);
    });

    it('is written by many at once', async () => {
      const batches = Array.from({ length: 20 }, (_, batch) => [1, 2, 3, 4, 5].map((n) => request(batch * 5 + n)));
      await Promise.all(batches.map((batch) => write(...batch)));
      expect(await find()).toHaveLength(100);
    });

    it('rejects calls once it is closed', async () => {
      await store.close();
      const unavailable = expect.objectContaining({ name: 'RequestLogUnavailable' });
      await expect(write(request(1))).rejects.toEqual(unavailable);
      await expect(find()).rejects.toEqual(unavailable);
      await expect(store.removeBefore(at(1), 1)).rejects.toEqual(unavailable);
      await store.close();
    });
  });
};
