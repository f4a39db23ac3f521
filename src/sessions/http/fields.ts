import { z } from 'zod';
import { parsePhoneNumberText } from '#lib/whatsapp';

/** A phone number as people write it: see `toE164`. */
export const PhoneNumber = z
  .string()
  .max(40)
  .refine((text) => parsePhoneNumberText(text) !== undefined, 'Must be an international phone number: +49 170 1234567');

/** The number that a text means which `PhoneNumber` let through. */
export const toE164 = (text: string): string => {
  const number = parsePhoneNumberText(text);
  if (number === undefined) throw new Error('Only for what was validated');
  return number;
};
