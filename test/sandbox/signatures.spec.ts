import { checked } from './support/strict-signatures.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { jid, linkedPhone, TestClient } from './support/client.js';
import { waitUntil } from './support/wait-until.js';
import { startTrustedSandbox } from './support/sandbox.js';
import { corruptSignatures } from './support/corrupt-signatures.js';

/** The kind of a signed message, by its first bytes. */
const isAccountSignature = (message: Uint8Array): boolean => message[0] === 6 && message[1] === 0;
const isPreKey = (message: Uint8Array): boolean => message[0] === 5 && message.length === 33;
const isCertificate = (message: Uint8Array): boolean => !isAccountSignature(message) && !isPreKey(message);

describe('a client that checks signatures', () => {
  let sandbox: Sandbox;
  let restoreSignatures = (): void => undefined;
  beforeAll(async () => {
    sandbox = await startTrustedSandbox();
  });
  afterEach(() => restoreSignatures());
  afterAll(() => sandbox.stop());

  it('accepts those of certificates, accounts and the keys of its contacts', async () => {
    const before = checked.good;
    const [ada, bob] = [await linkedPhone(sandbox, 'Ada'), await linkedPhone(sandbox, 'Bob')];
    await ada.client.socket.sendMessage(jid(bob.phone), { text: 'hello' });
    await bob.client.received('hello');
    await bob.phone.send({ to: ada.phone.number, type: 'text', text: 'hello from a phone' });
    await ada.client.received('hello from a phone');
    await waitUntil('the own phone has a copy', () => ada.phone.messages().length === 2);
    // two connections each, with two certificates; two account signatures; the signed prekeys of the three devices that a client writes to
    expect(checked.good - before).toBeGreaterThanOrEqual(4 * 2 + 2 + 3);
    expect([...ada.client.warnings, ...bob.client.warnings].map(({ msg }) => msg)).toEqual([
      'stream errored out',
      'stream errored out',
    ]);
    await ada.client.disconnect();
    await bob.client.disconnect();
  });

  it('does not trust another sandbox', async () => {
    const other = await startSandbox();
    expect(await new TestClient(other.url).connect().closed()).toBe(400);
    await other.stop();
  });

  it('refuses a certificate with an invalid signature', async () => {
    restoreSignatures = corruptSignatures(isCertificate);
    const other = await startTrustedSandbox();
    expect(await new TestClient(other.url).connect().closed()).toBe(400);
    await other.stop();
    restoreSignatures();
    sandbox = await restarted();
  });

  it('does not link to an account with an invalid signature', async () => {
    restoreSignatures = corruptSignatures(isAccountSignature);
    const phone = sandbox.phones.create();
    const client = new TestClient(sandbox.url).connect();
    await expect(phone.scan(await client.qr())).rejects.toMatchObject({ code: 'companion_refused' });
    await client.closed();
    expect(phone.devices()).toEqual([]);
  });

  it('does not send to a contact whose keys have invalid signatures', async () => {
    const { client } = await linkedPhone(sandbox);
    restoreSignatures = corruptSignatures(isPreKey);
    const contact = sandbox.phones.create();
    await expect(client.socket.sendMessage(jid(contact), { text: 'hello?' })).rejects.toThrow();
    expect(contact.messages()).toEqual([]);
    await client.disconnect();
  });

  /** Restarts the sandbox: clients trust one authority at a time. */
  const restarted = async (): Promise<Sandbox> => {
    await sandbox.stop();
    return startTrustedSandbox();
  };
});
