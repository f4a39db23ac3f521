import { USyncQuery, USyncUser, type BinaryNode, type WASocket } from '@whiskeysockets/baileys';
import { bareJid, shownAddressOf, type PhoneNumber } from '../addresses.js';
import { QueryFailed } from '../errors.js';
import type { NumberCheck } from '../port.js';

type Contact = {
  readonly exists: boolean;
  /** The number as it was requested; where it is missing, the answers are in the order of the questions. */
  readonly requested: string | undefined;
};

/** Baileys' own protocol drops the requested number from the answer. It is needed: WhatsApp may answer with another one (Brazil, Mexico). */
const contactProtocol = {
  name: 'contact',
  getQueryElement: (): BinaryNode => ({ tag: 'contact', attrs: {} }),
  getUserElement: ({ phone }: USyncUser): BinaryNode => ({
    tag: 'contact',
    attrs: {},
    ...(phone && { content: phone }),
  }),
  parser: ({ attrs, content }: BinaryNode): Contact => ({
    exists: attrs.type === 'in',
    requested:
      content === undefined || Array.isArray(content) ? undefined : numberOf(Buffer.from(content as Uint8Array)),
  }),
};

const numberOf = (written: Buffer): string | undefined => {
  const digits = written.toString().replace(/\D/g, '');
  return digits === '' ? undefined : `+${digits}`;
};

/** Asks WhatsApp which of the numbers it knows. */
export const checkNumbers = async (
  socket: Pick<WASocket, 'executeUSyncQuery'>,
  phoneNumbers: readonly PhoneNumber[],
): Promise<readonly NumberCheck[]> => {
  if (phoneNumbers.length === 0) return [];
  const query = new USyncQuery().withLIDProtocol();
  query.protocols.unshift(contactProtocol);
  const asked = [...new Set(phoneNumbers)];
  for (const phoneNumber of asked) query.withUser(new USyncUser().withPhone(phoneNumber));
  const answer = await socket.executeUSyncQuery(query);
  if (!answer) throw new QueryFailed(null, 'WhatsApp did not answer which numbers it knows');

  const found = new Map<string, NumberCheck>();
  answer.list.forEach(({ id, contact, lid }, index) => {
    const { exists, requested } = (contact ?? { exists: false }) as Contact;
    const named = shownAddressOf(bareJid(id));
    const isComplete = answer.list.length === asked.length;
    const phoneNumber = requested ?? (isComplete && !asked.includes(named) ? asked[index]! : named);
    if (exists)
      found.set(phoneNumber, { phoneNumber, exists, jid: bareJid(id), lid: (lid as string | undefined) ?? null });
  });
  return phoneNumbers.map(
    (phoneNumber) => found.get(phoneNumber) ?? { phoneNumber, exists: false, jid: null, lid: null },
  );
};

/** The error of the port for a query that failed in Baileys. */
export const queryFailure = (error: unknown): QueryFailed => {
  if (error instanceof QueryFailed) return error;
  const data = (error as { data?: unknown }).data;
  const code = typeof data === 'number' ? data : null;
  const cause = error instanceof Error ? error.message : `The connection ended with code ${String(error)}`;
  return new QueryFailed(code, `WhatsApp did not answer: ${cause}`, { cause: error });
};
