import { createHash } from 'node:crypto';
import { contentLimits } from '../../content/limits.js';

/** A text, cut where it is too long; null where there is none. It has no halves of surrogate pairs, which not every store can keep. */
export const textOf = (
  value: string | null | undefined,
  maxCharacters: number = contentLimits.textCharacters,
): string | null => (value ? value.slice(0, maxCharacters).replaceAll(/\p{Cs}/gu, '\ufffd') : null);

/** A name, a title and the like. */
export const lineOf = (value: string | null | undefined): string | null => textOf(value, contentLimits.lineCharacters);

/** Null where it is too long: a part of an address is none. */
export const urlOf = (value: string | null | undefined): string | null =>
  value && value.length <= contentLimits.urlCharacters ? textOf(value) : null;

/** The id of a message; a hash of it where it is too long, so that different ones stay different. */
export const messageIdOf = (value: string): string =>
  value.length <= contentLimits.idCharacters
    ? textOf(value, contentLimits.idCharacters)!
    : createHash('sha256').update(value).digest('hex');

const maxSecretBytes = 64;

/** A key that came in a message; undefined for what cannot be one. */
export const secretOf = (value: Uint8Array | null | undefined): Uint8Array | undefined =>
  value && value.length > 0 && value.length <= maxSecretBytes ? value : undefined;
