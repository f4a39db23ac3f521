import ICAL from 'ical.js';
import { z } from 'zod';
import { parseRecipient } from '#lib/whatsapp';

/** A person as a vCard (RFC 2426) describes them. */
export type Card = {
  readonly name: string;
  readonly phones: readonly { readonly number: string; readonly label?: string | undefined }[];
  readonly emails?: readonly string[] | undefined;
  readonly organization?: string | undefined;
};

/** Writes a vCard. A phone makes a number one to chat with where `waid` has its digits, and knows no other spelling of that word. */
export const vcardOf = ({ name, phones, emails = [], organization }: Card): string => {
  const card = new ICAL.Component('vcard');
  const add = (kind: string, value: string | string[], parameters: Readonly<Record<string, string>> = {}): void => {
    const property = new ICAL.Property(kind, card);
    property.setValue(value);
    for (const [parameter, text] of Object.entries(parameters)) property.setParameter(parameter, text);
    card.addProperty(property);
  };
  add('version', '3.0');
  add('fn', name);
  add('n', [name, '', '', '', '']);
  for (const { number, label = 'CELL' } of phones) {
    const recipient = parseRecipient(number);
    const waid = recipient?.kind === 'person' && { waid: recipient.phoneNumber.slice(1) };
    add('tel', number, { type: label, ...waid });
  }
  for (const email of emails) add('email', email);
  if (organization !== undefined) add('org', [organization]);
  return card.toString().replaceAll(/^(TEL[^:]*);WAID=/gm, '$1;waid=');
};

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]).catch([]);

/** Reads a vCard, which anybody may have written; undefined for what is none. Only the first of several is read. */
export const readVcard = (vcard: string): Card | undefined => {
  try {
    const parsed = ICAL.parse(vcard) as unknown[];
    const card = new ICAL.Component((Array.isArray(parsed[0]) ? parsed[0] : parsed) as never[]);
    if (card.name !== 'vcard') return undefined;
    const first = (name: string) => texts.parse(card.getFirstPropertyValue(name)).filter((text) => text !== '');
    const emails = card.getAllProperties('email').flatMap((email) => texts.parse(email.getFirstValue()));
    const organization = first('org').join(', ');
    return {
      name: first('fn')[0] ?? first('n').join(' '),
      phones: card.getAllProperties('tel').flatMap((tel) => {
        const [label] = texts.parse(tel.getParameter('type'));
        const [number] = texts.parse(tel.getFirstValue());
        return number === undefined
          ? []
          : [{ number: number.replace(/^tel:/, ''), ...(label !== undefined && { label }) }];
      }),
      ...(emails.length > 0 && { emails }),
      ...(organization !== '' && { organization }),
    };
  } catch {
    return undefined; // the library refuses what breaks the rules of vCards
  }
};
