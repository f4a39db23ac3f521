import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Waybill, type TestUser } from '../support/waybill.js';

let waybill: Waybill;
let user: TestUser;

beforeAll(async () => {
  waybill = await Waybill.start();
  user = await waybill.newUser();
});

afterAll(() => waybill.end());

/** The log lines about a session at the level of warnings and above. */
const warningsAbout = (sessionId: string): readonly string[] =>
  waybill
    .output()
    .split('\n')
    .filter((line) => line.includes(`"sessionId":"${sessionId}"`) && /"level":(?:[456]0|"(?:warn|error)")/.test(line));

describe('linking a session', () => {
  it('shows no pairing code that WhatsApp refused, and says why', async () => {
    const { number } = await waybill.sandbox.newPhone();
    await waybill.sandbox.fault({ kind: 'refuse-code', number, code: 429 });
    const id = await waybill.newSession(user, { pairing: 'code', phoneNumber: `+${number}` });
    await waybill.until(user, id, { status: 'failed' });
    const code = await waybill.call(`GET /v1/sessions/${id}/pairing-code`, { key: user.key });
    expect(code).toMatchObject({ status: 409, body: { code: 'no_pairing_code' } });
    expect((code.body as { readonly detail: string }).detail).toContain('WhatsApp refused');
    await eventually(() => warningsAbout(id).join().includes('A session failed: WhatsApp refused'));
  });

  it('logs no warning', async () => {
    const { id, phone } = await waybill.link(user);
    expect((await waybill.sandbox.phone(phone.number)).devices).toMatchObject([{ platform: 'Waybill' }]);
    expect(warningsAbout(id)).toEqual([]);
  });
});

describe('a linked session that has failed for a reason that may have passed', () => {
  it('is connected again when the service starts', async () => {
    const { id, phone } = await waybill.link(user);
    await waybill.sandbox.fault({ kind: 'stream-error', number: phone.number, code: 405 });
    await waybill.until(user, id, { status: 'failed', linked: true });
    await eventually(() => warningsAbout(id).join().includes('A session failed: '));
    expect(await waybill.shutDown()).toBe(0);
    await waybill.boot();
    await waybill.until(user, id, { status: 'connected' });
  });
});
