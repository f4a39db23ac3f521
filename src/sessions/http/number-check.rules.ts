import { parseAddress, readPhoneNumber, type NumberCheck, type ReadNumber } from '#lib/whatsapp';

/** One of the texts that somebody asked about: a number, or the LID of somebody whose number WhatsApp hides, or neither. */
export type Asked = ReadNumber & { readonly text: string; readonly lid?: string };

/** What is known of it. `exists` is null where WhatsApp did not answer for it; `error` says so, or why it cannot be a number on WhatsApp. */
type CheckedNumber = {
  readonly number: string;
  readonly exists: boolean | null;
  readonly jid: string | null;
  readonly lid: string | null;
  readonly error?: string;
};

/** Reads a number, the address of one, or a LID. */
export const readAsked = (text: string): Asked => {
  if (!text.includes('@')) return { text, ...readPhoneNumber(text) };
  const address = parseAddress(text);
  if (address?.kind === 'person') return { text, phoneNumber: address.phoneNumber };
  if (address?.kind === 'lid') return { text, lid: address.jid };
  return { text, problem: 'Must be a phone number, or the address of a person on WhatsApp' };
};

/** What becomes of a LID: the number that WhatsApp named with it, or the LID alone where it named none (null), or neither (undefined). */
export const withNumber = ({ text, lid, ...asked }: Asked, phoneNumber: string | null | undefined): Asked => {
  if (lid === undefined) return { text, ...asked };
  if (phoneNumber === undefined) return { text, problem: 'WhatsApp has not named this address to the session' };
  return phoneNumber === null ? { text, lid } : { text, phoneNumber };
};

/** The numbers that WhatsApp can be asked about. */
export const numbersToAsk = (asked: readonly Asked[]): readonly string[] =>
  asked.flatMap(({ phoneNumber }) => phoneNumber ?? []);

const unanswered = 'WhatsApp did not answer for this number: ask again later';

/** An answer for each, in their order. A number that should not exist is an error only where WhatsApp does not know it either. */
export const checkedNumbers = (asked: readonly Asked[], answers: readonly NumberCheck[]): CheckedNumber[] => {
  const byNumber = new Map(answers.map((answer) => [answer.phoneNumber, answer]));
  return asked.map(({ text, phoneNumber, lid, problem }) => {
    if (lid !== undefined) return { number: lid, exists: true, jid: lid, lid };
    if (phoneNumber === undefined) {
      return { number: text, exists: false, jid: null, lid: null, ...(problem !== undefined && { error: problem }) };
    }
    const answer = byNumber.get(phoneNumber);
    if (!answer) return { number: phoneNumber, exists: null, jid: null, lid: null, error: unanswered };
    const { exists, jid, lid: found } = answer;
    const error = !exists && problem !== undefined ? { error: problem } : {};
    return { number: phoneNumber, exists, jid, lid: found, ...error };
  });
};
