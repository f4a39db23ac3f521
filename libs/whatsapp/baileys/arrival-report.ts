import { cleanMessage, decryptMessageNode, type SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';
import type { Account, Report } from '../reports.js';
import type { OpenedMessage } from './arrivals.js';
import { reportFromWhatsApp } from './from-whatsapp.js';
import type { BaileysLogger } from './logger.js';

/** What an opened message reports, read as Baileys reads it; undefined where it is nothing to be told. */
export const reportFromArrival = async (
  { attrs, nodes }: OpenedMessage,
  me: Account,
  logger: BaileysLogger,
): Promise<Report | undefined> => {
  const stanza = { tag: 'message', attrs, content: [...nodes] };
  const reading = decryptMessageNode(stanza, me.jid, me.lid ?? '', openedAlready, logger);
  await reading.decrypt();
  cleanMessage(reading.fullMessage, me.jid, me.lid ?? '');
  return reportFromWhatsApp(reading.fullMessage, attrs['offline'] !== undefined, me);
};

/** Takes everything for its own plaintext, and the rest was done when it was opened. */
const openedAlready = {
  decryptMessage: async ({ ciphertext }: { readonly ciphertext: Uint8Array }) => ciphertext,
  decryptGroupMessage: async ({ msg }: { readonly msg: Uint8Array }) => msg,
  processSenderKeyDistributionMessage: async () => undefined,
  migrateSession: async () => ({ migrated: 0, skipped: 0, total: 0 }),
  lidMapping: { getLIDForPN: async () => null, storeLIDPNMappings: async () => undefined },
} satisfies Partial<Record<keyof SignalRepositoryWithLIDStore, unknown>> as unknown as SignalRepositoryWithLIDStore;
