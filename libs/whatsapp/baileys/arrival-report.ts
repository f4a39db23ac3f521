import { cleanMessage, decryptMessageNode, type SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';
import type { Account, Report } from '../reports.js';
import type { DecryptedMessage } from './arrival-journal.js';
import { reportFromWhatsApp } from './from-whatsapp.js';
import type { BaileysLogger } from './logger.js';

/** The report of a decrypted message, parsed as Baileys parses it; undefined where there is nothing to report. */
export const reportFromArrival = async (
  { attrs, nodes }: DecryptedMessage,
  me: Account,
  logger: BaileysLogger,
): Promise<Report | undefined> => {
  const stanza = { tag: 'message', attrs, content: [...nodes] };
  const reading = decryptMessageNode(stanza, me.jid, me.lid ?? '', plaintextRepository, logger);
  await reading.decrypt();
  cleanMessage(reading.fullMessage, me.jid, me.lid ?? '');
  // WhatsApp names the other side of what the owner wrote on the phone in attributes that Baileys passes over.
  const recipientAlt =
    attrs['peer_recipient_pn'] ?? attrs['recipient_pn'] ?? attrs['peer_recipient_lid'] ?? attrs['recipient_lid'];
  return reportFromWhatsApp(reading.fullMessage, { wasWaiting: attrs['offline'] !== undefined, recipientAlt }, me);
};

/** Takes every ciphertext for its own plaintext. Side effects of decryption happened when the message was decrypted. */
const plaintextRepository = {
  decryptMessage: async ({ ciphertext }: { readonly ciphertext: Uint8Array }) => ciphertext,
  decryptGroupMessage: async ({ msg }: { readonly msg: Uint8Array }) => msg,
  processSenderKeyDistributionMessage: async () => undefined,
  migrateSession: async () => ({ migrated: 0, skipped: 0, total: 0 }),
  lidMapping: { getLIDForPN: async () => null, storeLIDPNMappings: async () => undefined },
} satisfies Partial<Record<keyof SignalRepositoryWithLIDStore, unknown>> as unknown as SignalRepositoryWithLIDStore;
