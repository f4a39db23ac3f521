import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { NewEvent } from '#lib/event-store';
import type { Stores } from '../../src/platform/stores.js';
import { STORES } from '../../src/platform/tokens.js';
import { EventStoreDbServer } from '../support/eventstoredb-server/index.js';
import { eventually } from '../support/eventually.js';
import { startHttp, type Answer, type Call, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

type Event = { readonly position: number; readonly type: string; readonly data: { readonly [field: string]: unknown } };
type Page = { readonly data: readonly Event[]; readonly next: string | null; readonly position: number };

/** More than two pages of what is read at once. */
const many = 1200;
/** So many of these are more than the sockets hold. */
const largeBytes = 20_000;
/** What is appended at once stays below what EventStoreDB takes. */
const maxAppendBytes = 900_000;

describe.each(['embedded', 'EventStoreDB'])('the record, %s', (place) => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: EventStoreDbServer | undefined;
  let service: HttpService;
  let token: string;
  let userId: string;
  let begunAt: string;

  const ask = (route: string, call: Call = {}): Promise<Answer> => service.call(route, { token, ...call });
  const search = async (query: string): Promise<Page> => (await ask(`GET /v1/admin/events${query}`)).body as Page;
  /** Follows `next` to the end. */
  const all = async (query: string): Promise<readonly Event[]> => {
    const found: Event[] = [];
    for (let after: string | null = '0'; after !== null;) {
      const page: Page = await search(`${query}&after=${after}`);
      found.push(...page.data);
      after = page.next;
    }
    return found;
  };
  const exported = async (query = ''): Promise<readonly Event[]> => {
    const { text } = await ask(`GET /v1/admin/events/export${query}`);
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Event]));
  };

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = place === 'embedded' ? undefined : await EventStoreDbServer.start();
    service = await startHttp(directory.path, {
      variables: {
        WAYBILL_WHATSAPP: 'sandbox',
        WAYBILL_SANDBOX_URL: 'ws://127.0.0.1:9',
        ...(server && { EVENTSTORE_URL: server.url }),
      },
    });
    token = await service.logIn();
    begunAt = new Date().toISOString();
    const created = await ask('POST /v1/admin/users', { body: { name: 'Ana', email: 'ana@example.com' } });
    userId = String(created.body.id);
    await ask('POST /v1/admin/users', { body: { name: 'Bob', email: 'bob@example.com' } });
    for (const action of ['deactivate', 'activate']) await ask(`POST /v1/admin/users/${userId}/${action}`);
    await fill('small', 10);
    await ask(`POST /v1/admin/users/${userId}/deactivate`);
  }, 240_000);

  /** Many events that nothing in the service knows. */
  const fill = async (category: string, bytes: number): Promise<void> => {
    const metadata = {
      correlationId: 'c',
      causationId: 'c',
      actor: { kind: 'system', id: 'test' },
      schemaVersion: 1,
    } as const;
    const event = (): NewEvent => ({
      id: newId(),
      type: 'NothingHappened',
      data: { text: 'x'.repeat(bytes) },
      metadata,
    });
    const { events } = service.app.get<Stores>(STORES);
    const atOnce = Math.min(many, Math.floor(maxAppendBytes / (bytes + 1000)));
    for (let left = many; left > 0; left -= atOnce) {
      await events.append({
        stream: `${category}-1`,
        expected: 'any',
        events: Array.from({ length: Math.min(left, atOnce) }, event),
      });
    }
  };

  afterAll(async () => {
    await service.app.close();
    await server?.stop();
    await directory.remove();
  });

  it('is read in its order, page by page', async () => {
    const events = await all('?limit=100');
    const stored = await service.events();
    expect(events.map(({ position }) => position)).toEqual(stored.map(({ position }) => position));
    expect(events[0]).toMatchObject({ revision: 0, stream: expect.any(String) });
  });

  it('is searched by type, by category, and by the user whose it is', async () => {
    const ofUser = await all(`?userId=${userId}`);
    expect(ofUser.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['UserRegistered', 'UserDeactivated', 'UserActivated']),
    );
    expect(ofUser.every(({ data }) => data['userId'] === userId)).toBe(true);
    const deactivated = await all(`?type=UserDeactivated&userId=${userId}`);
    expect(deactivated.map(({ type }) => type)).toEqual(['UserDeactivated', 'UserDeactivated']);
    const either = await all('?type=UserActivated,UserDeactivated&category=user');
    expect(either.map(({ type }) => type)).toEqual(['UserDeactivated', 'UserActivated', 'UserDeactivated']);
    expect(await all('?category=small&type=UserActivated')).toEqual([]);
    expect(await all('?category=small&limit=100')).toHaveLength(many);
    expect((await all('?type=UserRegistered')).map(({ data }) => data['name'])).toEqual(['Ana', 'Bob']);
  });

  it('is searched by time', async () => {
    const [first, ...others] = await all('?category=user');
    const at = (first as unknown as { readonly recordedAt: string }).recordedAt;
    expect(await all(`?category=user&from=${at}`)).toHaveLength(others.length + 1);
    expect(await all(`?category=user&to=${at}`)).toEqual([]);
    expect((await all(`?to=${begunAt}`)).length).toBeGreaterThan(0);
    expect(await all('?from=2100-01-01T00:00:00Z')).toEqual([]);
    expect(await all('?to=2001-01-01T00:00:00Z')).toEqual([]);
  });

  it('tells at its end where to go on for what comes later', async () => {
    const { next, position } = await search('?type=UserDeactivated&after=0&limit=100');
    expect(next).toBeNull();
    expect(await search(`?after=${position}`)).toEqual({ data: [], next: null, position });
    await ask(`POST /v1/admin/users/${userId}/activate`);
    const later = await search(`?type=UserActivated,UserDeactivated&after=${position}`);
    expect(later.data.map(({ type }) => type)).toEqual(['UserActivated']);
    expect(await search('?after=999999999999')).toMatchObject({ data: [], next: null });
  });

  it('refuses what no event can have', async () => {
    for (const query of ['?type=nonsense!', '?category=User', '?userId=me', '?from=yesterday', '?after=-1', '?q=x'])
      expect(await ask(`GET /v1/admin/events${query}`)).toMatchObject({ status: 400 });
  });

  it('is exported, a line for each event, to those who may read it', async () => {
    const lines = await exported();
    const upTo = lines.at(-1)?.position ?? 0; // sagas may record more meanwhile
    expect(lines).toEqual((await all('?limit=100')).filter(({ position }) => position <= upTo));
    expect(lines.length).toBeGreaterThan(many);
    expect(await exported(`?userId=${userId}&type=UserRegistered`)).toHaveLength(1);
    expect(await exported('?type=UserRegistered&after=999999999999')).toEqual([]);
    const { headers } = await ask('GET /v1/admin/events/export?type=UserRegistered');
    expect(headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    expect((await service.call('GET /v1/admin/events/export')).status).toBe(401);
    const credentials = { email: 'auditor@example.com', password: 'a long sentence of mine' };
    await ask('POST /v1/admin/admins', { body: { ...credentials, role: 'auditor' } });
    const auditor = await service.logIn(credentials);
    expect((await service.call('GET /v1/admin/events/export', { token: auditor })).status).toBe(200);
  });

  it('is not read further than its reader takes it', async () => {
    await fill('large', largeBytes);
    await service.app.listen(0, '127.0.0.1');
    const { port } = service.app.getHttpServer().address() as AddressInfo;
    const slow: Socket = connect(port, '127.0.0.1');
    slow.write(
      `GET /v1/admin/events/export?category=large HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    let received = 0;
    await new Promise<void>((resolve) => {
      slow.once('data', (chunk) => {
        slow.pause();
        received += chunk.length;
        resolve();
      });
    });
    const sent = (): number => {
      const sockets = [...openSockets];
      return Math.max(...sockets.map(({ bytesWritten }) => bytesWritten));
    };
    expect((await ask('GET /v1/admin/me')).status).toBe(200); // others are answered meanwhile
    const first = await steady(sent);
    expect(first).toBeLessThan((many * largeBytes) / 2);
    slow.on('data', (chunk) => (received += chunk.length)).resume();
    await eventually(() => received > many * largeBytes);
    slow.destroy();
  });

  const openSockets = new Set<Socket>();
  beforeAll(() => {
    (service.app.getHttpServer() as NodeJS.EventEmitter).on('connection', (socket: Socket) => openSockets.add(socket));
  });
});

/** A number that does not change any more. */
const steady = async (read: () => number): Promise<number> => {
  let last = -1;
  let same = 0;
  return eventually(() => {
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= 10 && now;
  });
};
