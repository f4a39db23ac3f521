import { z } from 'zod';
import { parsePhoneNumberText } from '#lib/whatsapp';

/** A phone number as people write it; `toE164` normalises it. */
export const PhoneNumberText = z
  .string()
  .max(40)
  .refine((text) => parsePhoneNumberText(text) !== undefined, 'Must be an international phone number: +49 170 1234567');

/** The E.164 form of a text that `PhoneNumberText` accepted. */
export const toE164 = (text: string): string => {
  const number = parsePhoneNumberText(text);
  if (number === undefined) throw new Error('The number was not validated');
  return number;
};
