import { z } from 'zod';
import { contentLimits } from '#lib/whatsapp';

/** The values of a received message, in the bounds that the adapter keeps. */
export const longText = z.string().max(contentLimits.textCharacters);
export const line = z.string().max(contentLimits.lineCharacters);
export const url = z.string().max(contentLimits.urlCharacters);
