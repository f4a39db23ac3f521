import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Waybill, type LinkedSession } from '../support/waybill.js';
import type { SandboxFault } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let session: LinkedSession;

beforeAll(async () => {
  waybill = await Waybill.start();
}, 240_000);

// A new session for each test: one that fails often waits longer before it connects again.
beforeEach(async () => {
  session = await waybill.link(await waybill.newUser());
});

afterAll(() => waybill.end());

type Seen = { readonly status: string; readonly reason: string | null; readonly connectedAt: string };

const ask = (route: string) => waybill.call(route, { key: session.user.key });
const now = async (): Promise<Seen> => (await ask(`GET /v1/sessions/${session.id}`)).body as Seen;
const until = (fields: object, within?: number): Promise<Seen> =>
  waybill.until(session.user, session.id, fields, within) as Promise<Seen>;
const fault = (more: SandboxFault) => waybill.sandbox.fault({ number: session.phone.number, ...more });

/** Does something to the connection, and waits until the session has reconnected by itself. Resolves with the session as it was meanwhile. */
const reconnects = async (strike: () => Promise<void>, within?: number): Promise<Seen> => {
  const before = await now();
  await strike();
  const meanwhile = await until({ status: 'reconnecting' }, within);
  const after = await until({ status: 'connected', reason: null, reconnectAttempt: 0 });
  expect(after.connectedAt > before.connectedAt).toBe(true);
  return meanwhile;
};

describe('a session', () => {
  it('reconnects after its connection was dropped', async () => {
    const meanwhile = await reconnects(() => fault({ kind: 'drop' }));
    expect(meanwhile).toMatchObject({ reason: 'The connection to WhatsApp was closed.', connectedAt: null });
  });

  it('reconnects after WhatsApp was overloaded (503)', async () => {
    const meanwhile = await reconnects(() => fault({ kind: 'stream-error', code: 503 }));
    expect(meanwhile.reason).toBe('WhatsApp is overloaded or under maintenance.');
  });

  it('reconnects at once when WhatsApp asks for a new connection (515), which is no logout', async () => {
    const before = await now();
    await fault({ kind: 'stream-error', code: 515 });
    const seen: Seen[] = [];
    for (let last = before; last.status !== 'connected' || last.connectedAt === before.connectedAt;) {
      seen.push((last = await now()));
      expect(seen.length).toBeLessThan(5000);
    }
    expect(seen.filter(({ status }) => !['connected', 'reconnecting'].includes(status))).toEqual([]);
  });

  it('goes on trying while the server refuses it, and says why', async () => {
    await waybill.sandbox.fault({ kind: 'upgrade-error', code: 503, count: 2 });
    await waybill.sandbox.fault({ kind: 'refuse', count: 1 });
    await fault({ kind: 'drop' });
    const refused = await until({
      status: 'reconnecting',
      reason: 'The server refused the WebSocket with HTTP status 503.',
      reconnectAttempt: 3,
    });
    expect(refused.connectedAt).toBeNull();
    await until({ status: 'connected', reason: null, reconnectAttempt: 0 }, 60_000);
  }, 300_000);

  it('reconnects after the server was restarted', async () => {
    const before = await now();
    await waybill.sandbox.restart(2000);
    await until({ status: 'connected' }, 60_000);
    expect((await now()).connectedAt > before.connectedAt).toBe(true);
  }, 300_000);

  it('reconnects when nothing is received any more', async () => {
    const meanwhile = await reconnects(() => fault({ kind: 'freeze' }), 60_000);
    expect(meanwhile.reason).toBe('Nothing was heard from WhatsApp within the keep-alive window.');
  }, 300_000);

  it('fails when another connection took over (440), and takes over again when it is restarted', async () => {
    await fault({ kind: 'replaced' });
    const reason = 'Another connection took over with the same credentials: run each session in one place only.';
    expect(await until({ status: 'failed', reason })).toMatchObject({ linked: true, connectedAt: null });
    await ask(`POST /v1/sessions/${session.id}/restart`);
    await until({ status: 'connected' });
  });

  it('fails when the account is banned (403), until it is restarted', async () => {
    await fault({ kind: 'stream-error', code: 403 });
    const reason = 'WhatsApp refused this account: it is banned or locked.';
    expect(await until({ status: 'failed', reason })).toMatchObject({ linked: true, reconnectAttempt: 0 });
    await ask(`POST /v1/sessions/${session.id}/restart`);
    await until({ status: 'connected' });
  });

  it('is logged out when the phone removed it (401), and is linked again with a new QR', async () => {
    await fault({ kind: 'logged-out' });
    const reason = 'The phone removed this device: the session must be linked again.';
    expect(await until({ status: 'logged_out', reason })).toMatchObject({ linked: false, phoneNumber: null });
    expect((await ask(`GET /v1/sessions/${session.id}/qr`)).body.code).toBe('no_qr');
    await ask(`POST /v1/sessions/${session.id}/restart`);
    await waybill.sandbox.scan(session.phone.number, await waybill.qr(session.user, session.id));
    await until({ status: 'connected' });
  });
});
