import { checked } from './support/strict-signatures.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WA_CERT_DETAILS } from '@whiskeysockets/baileys';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, TestClient } from './support/client.js';
import { eventually } from './support/eventually.js';

describe('a client that insists on signatures', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.stop());

  it('does not trust the sandbox by itself', async () => {
    expect(await new TestClient(sandbox.url).connect().closed()).toBe(400);
  });

  it('links, logs in, sends and receives once it trusts the root', async () => {
    WA_CERT_DETAILS.PUBLIC_KEY.set(sandbox.rootPublicKey);
    const before = checked.good;
    const [ada, bob] = [await linkedPhone(sandbox, 'Ada'), await linkedPhone(sandbox, 'Bob')];
    await ada.client.socket.sendMessage(jid(bob.phone), { text: 'hello' });
    await bob.client.received('hello');
    await bob.phone.send({ to: ada.phone.number, type: 'text', text: 'hello from a phone' });
    await ada.client.received('hello from a phone');
    await eventually('the own phone has a copy', () => ada.phone.messages().length === 2);
    // two connections each, with two certificates; two account signatures; the signed prekeys of four devices
    expect(checked.good - before).toBeGreaterThanOrEqual(4 * 2 + 2 + 4);
    expect([...ada.client.complaints, ...bob.client.complaints].map(({ msg }) => msg)).toEqual([
      'stream errored out',
      'stream errored out',
    ]);
    await ada.client.disconnect();
    await bob.client.disconnect();
  });
});
