import { getBinaryNodeChildren, USyncQuery, USyncUser, type BinaryNode, type WASocket } from '@whiskeysockets/baileys';
import { bareJid, jidOf, shownAddressOf, type PhoneNumber } from '../addresses.js';
import { QueryFailed } from '../errors.js';
import type { NumberCheck } from '../port.js';

type Contact = {
  /** Undefined where WhatsApp says neither: it answered with an error. */
  readonly exists: boolean | undefined;
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
    exists: attrs.type === undefined ? undefined : attrs.type === 'in',
    requested:
      content === undefined || Array.isArray(content) ? undefined : numberOf(Buffer.from(content as Uint8Array)),
  }),
};

const numberOf = (written: Buffer): string | undefined => {
  const digits = written.toString().replace(/\D/g, '');
  return digits === '' ? undefined : `+${digits}`;
};

/**
 * WhatsApp need not give an address to a number that it does not know, and Baileys drops what has none. Baileys also takes a refusal of the whole
 * question, and an answer without a list, for one that leaves all numbers out.
 */
class NumbersQuery extends USyncQuery {
  override parseUSyncQueryResult(result: BinaryNode | undefined): ReturnType<USyncQuery['parseUSyncQueryResult']> {
    const usync = childrenOf(result, 'usync')[0];
    const [refusal] = childrenOf(childrenOf(childrenOf(usync, 'result')[0], 'contact')[0], 'error');
    if (refusal) throw new QueryFailed(Number(refusal.attrs['code']) || null, 'WhatsApp refused to look up numbers');
    const [list] = childrenOf(usync, 'list');
    if (!list) return undefined;
    for (const user of childrenOf(list, 'user')) {
      const [contact] = childrenOf(user, 'contact');
      const requested = contact && contactProtocol.parser(contact).requested;
      if (user.attrs['jid'] === undefined && requested !== undefined) user.attrs['jid'] = jidOf(requested);
    }
    return super.parseUSyncQueryResult(result);
  }
}

const childrenOf = (node: BinaryNode | undefined, tag: string): BinaryNode[] => getBinaryNodeChildren(node, tag);

/** Asks WhatsApp which of the numbers it knows; what it does not answer for is left out, be it all of them. @throws {QueryFailed} it did not answer at all. */
export const checkNumbers = async (
  socket: Pick<WASocket, 'executeUSyncQuery'>,
  phoneNumbers: readonly PhoneNumber[],
): Promise<readonly NumberCheck[]> => {
  if (phoneNumbers.length === 0) return [];
  const query = new NumbersQuery().withLIDProtocol();
  query.protocols.unshift(contactProtocol);
  const asked = [...new Set(phoneNumbers)];
  for (const phoneNumber of asked) query.withUser(new USyncUser().withPhone(phoneNumber));
  const answer = await socket.executeUSyncQuery(query);
  if (!answer) throw new QueryFailed(null, 'WhatsApp did not answer which numbers it knows');

  const found = new Map<string, NumberCheck>();
  answer.list.forEach(({ id, contact, lid }, index) => {
    const { exists, requested } = (contact ?? {}) as Partial<Contact>;
    if (exists === undefined) return;
    const named = shownAddressOf(bareJid(id));
    const isComplete = answer.list.length === asked.length;
    const phoneNumber = requested ?? (isComplete && !asked.includes(named) ? asked[index]! : named);
    found.set(
      phoneNumber,
      exists
        ? { phoneNumber, exists, jid: bareJid(id), lid: (lid as string | undefined) ?? null }
        : { phoneNumber, exists, jid: null, lid: null },
    );
  });
  return phoneNumbers.flatMap((phoneNumber) => found.get(phoneNumber) ?? []);
};

/** The error of the port for a query that failed in Baileys. */
export const queryFailure = (error: unknown): QueryFailed => {
  if (error instanceof QueryFailed) return error;
  const data = (error as { data?: unknown }).data;
  const code = typeof data === 'number' ? data : null;
  const cause = error instanceof Error ? error.message : `The connection ended with code ${String(error)}`;
  return new QueryFailed(code, `WhatsApp did not answer: ${cause}`, { cause: error });
};
