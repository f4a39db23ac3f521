import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { decodeQR } from 'qr/decode.js';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { startControl, type Control } from '#lib/whatsapp-sandbox/control';
import { eventually } from '../support/eventually.js';
import { readPng } from '../support/png.js';
import { Waybill, type TestUser } from '../support/waybill.js';
import { ControlledSandbox } from '../support/waybill-sandbox.js';

let waybill: Waybill;
let user: TestUser;
let id: string;

const logger = pino({ level: 'silent' });
let sandbox: Sandbox;
let control: Control;

beforeAll(async () => {
  sandbox = await startSandbox({ logger, limits: { qrRefs: 2 } });
  control = await startControl(sandbox, { logger });
  waybill = await Waybill.start({}, ControlledSandbox.at({ url: sandbox.url, controlUrl: control.url }));
  user = await waybill.newUser();
  id = await waybill.newSession(user);
  await waybill.qr(user, id);
}, 240_000);

afterAll(async () => {
  await waybill.end();
  await control.stop();
  await sandbox.stop();
});

type Offer = { readonly qr: string; readonly expiresAt: string };

const get = (accept: string) => waybill.call(`GET /v1/sessions/${id}/qr`, { key: user.key, headers: { accept } });
const offer = async (): Promise<Offer> => (await get('application/json')).body as Offer;

describe('the QR', () => {
  it('is JSON by default, or where that is preferred', async () => {
    const { qr } = await offer();
    for (const accept of ['*/*', 'application/*', 'text/html', 'image/png;q=0.5, application/json']) {
      const answer = await get(accept);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect((answer.body as Offer).qr).toBe(qr);
    }
  });

  it('can be read from the PNG', async () => {
    const headers = { 'x-api-key': user.key, accept: 'image/png' };
    const answer = await fetch(`${waybill.url}/v1/sessions/${id}/qr`, { headers });
    expect(answer.headers.get('content-type')).toBe('image/png');
    const image = readPng(Buffer.from(await answer.arrayBuffer()));
    expect(decodeQR(image)).toBe((await offer()).qr);
  });

  it('can be read from a terminal, whatever its colours', async () => {
    const answer = await get('text/plain');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(decodeQR(pictureOf(answer.text))).toBe((await offer()).qr);
  });

  it('comes as SVG', async () => {
    const answer = await get('image/svg+xml');
    expect(answer.headers['content-type']).toBe('image/svg+xml');
    expect(answer.text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*<path[\s\S]*<\/svg>\s*$/);
  });

  it('is replaced by the next one until the time to link is over; a restart shows a new one', async () => {
    const first = await offer();
    expect(Date.parse(first.expiresAt)).toBeLessThanOrEqual(Date.now() + 60_000);
    const second = await eventually(async () => {
      const next = await offer();
      return next.qr !== undefined && next.qr !== first.qr && next;
    }, 70_000);
    expect(second.expiresAt > first.expiresAt).toBe(true);

    const reason = 'Nobody linked the session in time: start it again for a new QR or pairing code.';
    const expired = await waybill.until(user, id, { status: 'failed', reason }, 120_000);
    expect(expired).toMatchObject({ linked: false });
    expect((await get('application/json')).body.code).toBe('no_qr');

    await waybill.call(`POST /v1/sessions/${id}/restart`, { key: user.key });
    const phone = await waybill.sandbox.newPhone();
    await waybill.sandbox.scan(phone.number, await waybill.qr(user, id));
    await waybill.until(user, id, { status: 'connected' });
  }, 240_000);
});

/** What a terminal shows: each character is two squares, one above the other; escape sequences set the colours. */
const pictureOf = (text: string) => {
  const rows: boolean[][] = [];
  let [ink, paper] = [true, false];
  for (const line of text.split('\n')) {
    const [upper, lower]: [boolean[], boolean[]] = [[], []];
    for (const [, code, sign] of line.matchAll(/\[([\d;]*)m|([ ▀▄█])/gu)) {
      for (const one of code?.split(';') ?? []) {
        if (one === '30') ink = false;
        if (one === '37' || one === '97') ink = true;
        if (one === '40') paper = false;
        if (one === '47' || one === '107') paper = true;
      }
      if (sign === undefined) continue;
      upper.push(sign === '▀' || sign === '█' ? ink : paper);
      lower.push(sign === '▄' || sign === '█' ? ink : paper);
    }
    if (upper.length > 0) rows.push(upper, lower);
  }
  const scale = 4;
  const margin = 4;
  const width = ((rows[0]?.length ?? 0) + 2 * margin) * scale;
  const height = (rows.length + 2 * margin) * scale;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let n = 0; n < width * height; n += 1) {
    const row = rows[Math.floor(n / width / scale) - margin];
    const isLight = row?.[Math.floor((n % width) / scale) - margin] ?? true;
    data.fill(isLight ? 255 : 0, n * 4, n * 4 + 3);
  }
  return { width, height, data };
};
