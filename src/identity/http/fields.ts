import { z } from 'zod';

/** Text that a person typed: no control characters, no halves of letters. */
export const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'Must not have control characters');

/** Upper and lower case are the same address. */
export const Email = z.email().max(254).toLowerCase();

export const Time = z.iso.datetime();
