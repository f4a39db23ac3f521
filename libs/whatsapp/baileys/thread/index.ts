import type { WhatsAppConnections } from '../../port.js';
import { ThreadedConnections, type BaileysThreadOptions } from './connections.js';

export type { BaileysThreadOptions } from './connections.js';

/**
 * WhatsApp through Baileys, on a thread of its own, which keeps the credentials in the place that is named: made where there are
 * none, and owned from the first session on until the connections are closed.
 * @throws {CredentialsUnavailable} another process has them, or the disk or the server fails.
 * @throws {VaultError} `wrong_key`, `missing_store`
 */
export const openBaileysThread = async (options: BaileysThreadOptions): Promise<WhatsAppConnections> => {
  const connections = new ThreadedConnections(options);
  await connections.open();
  return connections;
};
