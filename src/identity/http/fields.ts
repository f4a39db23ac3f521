import { z } from 'zod';

/** Text that a person typed: no control characters, no lone surrogates. */
export const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'Must not have control characters');

/** Addresses are compared in lower case. */
export const Email = z.email().max(254).toLowerCase();

export const Time = z.iso.datetime();
