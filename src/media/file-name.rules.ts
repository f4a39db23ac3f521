/** What most file systems take. */
const maxNameBytes = 255;
/** A longer ending is no extension. */
const maxExtensionCharacters = 16;

/** Control characters, and those that turn the direction of writing, so that `gpj.exe` reads as `exe.jpg`. */
// oxlint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** A file's name without path and control characters, of at most 255 bytes, never cut within a character; null where nothing is left. */
export const safeFileName = (given: string | null | undefined): string | null => {
  const wellFormed = Buffer.from(given ?? '').toString();
  const name = wellFormed.replace(unsafe, '').split(/[/\\]/).at(-1)?.trim() ?? '';
  if (/^\.*$/.test(name)) return null;
  const extension = extensionOf(name);
  const stem = extension === '' ? name : name.slice(0, -extension.length);
  return `${cut(stem, maxNameBytes - Buffer.byteLength(extension))}${extension}`;
};

const extensionOf = (name: string): string => {
  const dot = name.lastIndexOf('.');
  return dot > 0 && name.length - dot <= maxExtensionCharacters ? name.slice(dot) : '';
};

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

const cut = (text: string, maxBytes: number): string => {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let kept = '';
  let bytes = 0;
  for (const { segment } of characters.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    kept += segment;
  }
  return kept;
};
