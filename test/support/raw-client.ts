import { TestClient } from '../sandbox/support/client.js';
import { waitUntil } from '../sandbox/support/wait-until.js';
import type { SandboxClient, SandboxPhone } from './sandbox-client.js';

/** A Baileys client that is linked to a phone of the sandbox: it sends whatever WhatsApp's format allows, which phones do not. */
export const linkRawClient = async (
  sandbox: SandboxClient,
  { number }: Pick<SandboxPhone, 'number'>,
): Promise<TestClient> => {
  const client = new TestClient(sandbox.url).connect();
  await sandbox.scan(number, await client.qr());
  await waitUntil('the client is told to restart', () => client.closedWith === 515);
  return client.reconnect();
};
