import { jidOf, parseNamedRecipient, type NumberCheck, type ParticipantOutcome } from '#lib/whatsapp';

/** What became of one person in a change of a group; `code` says why it was not done. */
export type PersonResult = { readonly number: string; readonly ok: boolean; readonly code?: string };

/**
 * A person as they were named in a request. `phoneNumber` where WhatsApp has to be asked who it is; `isMissing` where it answered that it does not
 * know them.
 */
export type AskedPerson = {
  readonly text: string;
  readonly jid?: string;
  readonly phoneNumber?: string;
  readonly isMissing?: true;
};

/** People are named by their number, or by an address that WhatsApp named. */
export const readPeople = (texts: readonly string[]): readonly AskedPerson[] =>
  texts.map((text) => {
    const recipient = parseNamedRecipient(text);
    if (recipient?.kind === 'lid') return { text, jid: recipient.jid };
    return recipient?.kind === 'person' ? { text, phoneNumber: recipient.phoneNumber } : { text };
  });

/** The same with what WhatsApp answered for their numbers. Those that it left unanswered stay as they are. */
export const withAddresses = (
  people: readonly AskedPerson[],
  checks: readonly NumberCheck[],
): readonly AskedPerson[] => {
  const byNumber = new Map(checks.map((check) => [check.phoneNumber, check]));
  return people.map((person) => {
    const check = person.phoneNumber === undefined ? undefined : byNumber.get(person.phoneNumber);
    if (!check) return person;
    return check.exists && check.jid !== null ? { ...person, jid: check.jid } : { ...person, isMissing: true };
  });
};

/** In the order asked. `missing`: the code for somebody without an outcome. */
export const resultsOf = (
  people: readonly AskedPerson[],
  outcomes: readonly ParticipantOutcome[],
  missing: (jid: string) => string = () => 'not_answered',
): readonly PersonResult[] => {
  const byJid = new Map(outcomes.map(({ jid, refusedWith }) => [jid, refusedWith]));
  return people.map(({ text: number, jid, phoneNumber, isMissing }) => {
    if (jid === undefined) {
      if (phoneNumber === undefined) return { number, ok: false, code: 'invalid_recipient' };
      return { number, ok: false, code: isMissing ? 'not_on_whatsapp' : 'not_answered' };
    }
    const refusedWith = byJid.get(jid);
    if (refusedWith === null) return { number, ok: true };
    return { number, ok: false, code: refusedWith === undefined ? missing(jid) : codeOf(refusedWith) };
  });
};

/** WhatsApp's codes for single people in a change of a group. */
const codeOf = (code: number): string => codes[code] ?? `whatsapp_${code}`;

const codes: { readonly [code: number]: string } = {
  401: 'blocked',
  403: 'not_allowed',
  404: 'not_in_group',
  408: 'left_recently',
  409: 'in_group_already',
  500: 'group_full',
};

/** Whether somebody is among these people. */
export const isAmong = (
  jid: string,
  participants: readonly { readonly phoneNumber: string | null; readonly lid: string | null }[],
): boolean =>
  participants.some(({ phoneNumber, lid }) => jid === lid || (phoneNumber !== null && jid === jidOf(phoneNumber)));
