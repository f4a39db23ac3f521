import type { WhatsAppConnections } from '../port.js';
import { BaileysConnections } from './connections.js';
import type { BaileysOptions } from './options.js';

export * from './credentials/index.js';
export { openSqliteCredentials } from './credentials/sqlite/index.js';
export type { BaileysOptions, Timing } from './options.js';

/** WhatsApp through Baileys, on this thread. The caller closes the credential store afterwards. */
export const openBaileysConnections = (options: BaileysOptions): WhatsAppConnections => new BaileysConnections(options);
