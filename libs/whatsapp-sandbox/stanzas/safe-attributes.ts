import type { BinaryNode } from '../transport/wire.js';

const maxAttributeLength = 128;

/**
 * Whether an attribute may be passed on to other clients. They echo it in their answers but corrupt text that looks like a jid or
 * like a property of Object.prototype, and the server would disconnect them for that.
 */
export const isSafeAttribute = (text: string): boolean =>
  text.length <= maxAttributeLength && /^[!-?A-~]+$/.test(text) && !(text in {});

/** The attributes that may be passed on to other clients. */
export const safeAttributes = (attrs: BinaryNode['attrs']): BinaryNode['attrs'] => {
  const safe: BinaryNode['attrs'] = {};
  for (const name of Object.keys(attrs)) {
    const value = attrs[name] ?? '';
    if (isSafeAttribute(name) && isSafeAttribute(value)) safe[name] = value;
  }
  return safe;
};
