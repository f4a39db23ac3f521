/** What a JSON text may be made of. */
export type JsonLimits = { readonly maxDepth: number; readonly maxKeys: number };

/** Why a JSON text is refused before it is parsed; undefined where it is within the limits. Text that is not JSON is left to the parser. */
export const jsonLimitExceeded = (text: string, { maxDepth, maxKeys }: JsonLimits): string | undefined => {
  let depth = 0;
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case '{':
      case '[':
        depth += 1;
        if (depth > maxDepth) return `The body is nested deeper than ${maxDepth} levels`;
        break;
      case '}':
      case ']':
        depth -= 1;
        break;
      case ':':
        keys += 1;
        if (keys > maxKeys) return `The body has more than ${maxKeys} keys`;
        break;
      default:
    }
  }
  return undefined;
};

/** The place of the closing quote, or the end of a text that has none. */
const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
};
