import { beforeAll, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, boolean, constantFrom, record } from 'fast-check';
import { eventually } from '../support/eventually.js';
import { sharedWaybill, type WaybillClient } from '../support/shared-waybill.js';
import type { TestUser } from '../support/waybill-client.js';

let waybill: WaybillClient;
let user: TestUser;

beforeAll(async () => {
  waybill = await sharedWaybill();
  user = await waybill.newUser();
}, 240_000);

type Step = 'restart' | 'stop' | 'logout' | 'scan' | 'unlink';

/** A session, and the phones that scanned one of its QRs. */
class Trial {
  private readonly phones: string[] = [];

  constructor(readonly id: string) {}

  async take(step: Step): Promise<void> {
    if (step === 'scan') return this.scan();
    if (step === 'unlink') return this.unlink();
    await this.ask(`POST /v1/sessions/${this.id}/${step}`);
  }

  /** A phone scans the QR, if one is shown. */
  async scan(): Promise<void> {
    const { status, body } = await this.ask(`GET /v1/sessions/${this.id}/qr`);
    if (status !== 200) return;
    const { number } = await waybill.sandbox.newPhone();
    this.phones.push(number);
    // What it shows may be outdated by now.
    await waybill.sandbox.scan(number, (body as { readonly qr: string }).qr).catch(() => undefined);
  }

  async devices(): Promise<readonly { readonly number: string; readonly device: number }[]> {
    const found = await Promise.all(this.phones.map((number) => waybill.sandbox.phone(number)));
    return found.flatMap(({ number, devices }) => devices.map(({ device }) => ({ number, device })));
  }

  /** Restarts it and scans, again if the phone has unlinked it meanwhile. */
  async connect(): Promise<void> {
    let isBegun = false;
    await eventually(async () => {
      const { status } = (await this.ask(`GET /v1/sessions/${this.id}`)).body as { readonly status: string };
      if (isBegun && status === 'connected') return true;
      if (!isBegun || status === 'logged_out' || status === 'failed') await this.take('restart');
      isBegun = true;
      await this.scan();
      return false;
    }, 60_000);
  }

  ask(route: string): ReturnType<WaybillClient['call']> {
    return waybill.call(route, { key: user.key });
  }

  private async unlink(): Promise<void> {
    for (const { number, device } of await this.devices()) {
      await waybill.sandbox.ask(`DELETE /phones/${number}/devices/${device}`).catch(() => undefined);
    }
  }
}

const step = constantFrom<Step>('restart', 'restart', 'stop', 'logout', 'scan', 'scan', 'unlink');
/** `waits`: not before the steps so far were answered. */
const steps = array(record({ step, waits: boolean() }), { minLength: 3, maxLength: 8 });

it('a session can be linked, and leaves no device behind when it is deleted, whatever was done to it before', async () => {
  await assert(
    asyncProperty(steps, async (given) => {
      const trial = new Trial(await waybill.newSession(user));
      const underWay: Promise<void>[] = [];
      for (const { step, waits } of given) {
        if (waits) await Promise.all(underWay);
        underWay.push(trial.take(step));
      }
      await Promise.all(underWay);
      await trial.connect();
      expect((await trial.ask(`DELETE /v1/sessions/${trial.id}`)).status).toBe(204);
      await eventually(async () => (await trial.devices()).length === 0, 60_000);
    }),
    { numRuns: 25, interruptAfterTimeLimit: 90_000 },
  );
}, 300_000);

it('a session that was restarted does not show the QR from before', async () => {
  const id = await waybill.newSession(user);
  const before = await waybill.qr(user, id);
  const trial = new Trial(id);
  await trial.take('restart');
  const { status, body } = await trial.ask(`GET /v1/sessions/${id}/qr`);
  const shown = status === 200 ? (body as { readonly qr: string }).qr : 'none';
  expect(shown).not.toBe(before);
  expect(await waybill.qr(user, id)).not.toBe(before);
});
