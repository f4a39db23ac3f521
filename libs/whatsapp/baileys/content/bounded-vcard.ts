import { contentLimits } from '../../content/limits.js';
import { textOf } from './bounded.js';

const maxCharacters = contentLimits.vcardCharacters;
const [lineBreak, end] = ['\r\n', 'END:VCARD'];

/** Pictures and the like: what makes a card long, and says nothing of how to reach somebody. */
const binary = /^([\w-]+\.)?(PHOTO|LOGO|SOUND|KEY)[;:]/i;
/** Where a property ends: a line that begins with a blank is part of the one before it. */
const betweenProperties = /\r?\n(?=[^ \t\r\n])/;

/** A vCard. One that is too long is the first card in it, without pictures and the like, and without other properties that do not fit. */
export const vcardOf = (value: string | null | undefined): string => {
  if (!value || value.length <= maxCharacters || !/^\s*BEGIN:VCARD/i.test(value))
    return textOf(value, maxCharacters) ?? '';
  const properties = value.trimStart().split(betweenProperties);
  const last = properties.findIndex((property) => /^END:VCARD/i.test(property));
  let room = maxCharacters - end.length;
  const kept = properties.slice(0, last === -1 ? undefined : last).filter((property) => {
    if (binary.test(property) || property.length + lineBreak.length > room) return false;
    room -= property.length + lineBreak.length;
    return true;
  });
  return textOf([...kept, end].join(lineBreak)) ?? '';
};
