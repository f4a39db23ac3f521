const maxUrlCharacters = 2048;

/** The first http(s) URL in a text, as it is written there; undefined where there is none. */
export const firstUrlIn = (text: string): string | undefined => {
  for (const [found] of text.matchAll(/\bhttps?:\/\/[^\s<>"]+/gi)) {
    if (found.length > maxUrlCharacters) continue;
    const url = withoutEnd(found);
    if (URL.canParse(url)) return url;
  }
  return undefined;
};

/** What ends the sentence or the brackets around a URL is not part of it. */
const withoutEnd = (url: string): string => {
  let end = url.length;
  while (isEnd(url.slice(0, end))) end -= 1;
  return url.slice(0, end);
};

const isEnd = (url: string): boolean => {
  const last = url.at(-1) ?? '';
  const opening = { ')': '(', ']': '[', '}': '{' }[last];
  return opening === undefined ? /[.,:;!?'*_~\u2026]/u.test(last) : countOf(opening, url) < countOf(last, url);
};

const countOf = (character: string, text: string): number => text.split(character).length - 1;
