import { parseAddress, readPhoneNumber, type NumberCheck, type ReadNumber } from '#lib/whatsapp';

/** What is known of one of the numbers that somebody asked about; `error` says why it cannot be a number on WhatsApp. */
type CheckedNumber = {
  readonly number: string;
  readonly exists: boolean;
  readonly jid: string | null;
  readonly lid: string | null;
  readonly error?: string;
};

/** Reads a number, or the address of one. */
const readAsked = (text: string): ReadNumber => {
  if (!text.includes('@')) return readPhoneNumber(text);
  const person = parseAddress(text);
  return person?.kind === 'person'
    ? { phoneNumber: person.phoneNumber }
    : { problem: 'Must be a phone number, or an address of one: 491701234567@s.whatsapp.net' };
};

/** The numbers of these texts that WhatsApp can be asked about. */
export const numbersToAsk = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => readAsked(text).phoneNumber ?? []);

/** An answer for each text, in their order. A number that should not exist is an error only where WhatsApp does not know it either. */
export const checkedNumbers = (texts: readonly string[], answers: readonly NumberCheck[]): CheckedNumber[] => {
  const byNumber = new Map(answers.map((answer) => [answer.phoneNumber, answer]));
  return texts.map((text) => {
    const { phoneNumber, problem } = readAsked(text);
    const answer = phoneNumber === undefined ? undefined : byNumber.get(phoneNumber);
    const { exists, jid, lid } = answer ?? { exists: false, jid: null, lid: null };
    return {
      number: phoneNumber ?? text,
      exists,
      jid,
      lid,
      ...(!exists && problem !== undefined && { error: problem }),
    };
  });
};
