import { open } from 'node:fs/promises';

const unknown = 'application/octet-stream';
/** What formats that build on others look like: a sender's word for these is more exact. */
const containers: readonly string[] = [unknown, 'application/zip', 'application/x-cfb'];
/** Text says no more of its format: a sender's word is taken for these types. */
const textTypes = /^(text\/(?!html\b|javascript\b)[\w.+-]+|application\/(json|x-ndjson|xml|yaml|[\w.-]+\+json))$/;
/** Files of these formats may be text from end to end. Any other one that is only looks like that format, as a list of `BMW` cars like a bitmap. */
const writtenAsText = /^(text\/.+|application\/(pdf|rtf|postscript|eps|pgp-\w+|[\w.-]+\+xml))$/;
/** Enough to tell text from other content. */
const startBytes = 64 * 1024;
// oxlint-disable-next-line no-control-regex
const binary = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** The type of a file by its content. `declared` is only believed where the content leaves it open, and never makes it one that runs. */
export const sniff = async (path: string, declared: string | undefined): Promise<string> => {
  const { fileTypeFromFile } = await import('file-type');
  const found = (await fileTypeFromFile(path).catch(() => undefined))?.mime;
  const type = found !== undefined && writtenAsText.test(found) ? found : typeOf(await startOf(path), found, declared);
  if (type === 'audio/x-m4a') return 'audio/mp4';
  return containers.includes(type) && declared?.startsWith('application/') ? declared : type;
};

const typeOf = (start: Uint8Array, found: string | undefined, declared: string | undefined): string => {
  if (isPdf(start)) return 'application/pdf';
  const text = decoded(start, charsetOf(start));
  if (text !== undefined) return textTypeOf(text, declared);
  if (found !== undefined && found !== 'application/xml') return found;
  const other = decoded(start, 'windows-1252') ?? ''; // as most that is neither UTF-8 nor binary
  const type = textTypeOf(other, declared);
  const isText = runs.includes(type) || type === 'application/xml' || (type === declared && other !== '');
  return isText ? type : unknown;
};

const runs: readonly string[] = ['text/html', 'image/svg+xml'];

/** What may stand before the first element of a page. */
const beforeElements = /\s+|<!--[^]*?-->|<\?xml[^>]*>/y;
const pageElement = /<(!doctype html|html|head|body|script)\b/iy;
/** Browsers take these for the begin of a page, too. In XML they may be anything. */
const partOfPage = /<(iframe|h1|div|font|table|a|style|title|b|br|p|meta|link|form|center)[\s/>]/iy;

const isPage = (text: string): boolean => {
  let at = 0;
  const matches = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    return pattern.test(text);
  };
  while (matches(beforeElements)) at = beforeElements.lastIndex; // one pattern for all of it would try every way to split it
  return matches(pageElement) || (matches(partOfPage) && !isXml(text));
};

const isXml = (text: string): boolean => text.trimStart().startsWith('<?xml');

/** Readers take white space before it. */
const isPdf = (start: Uint8Array): boolean =>
  /^\s*%PDF-\d/.test(Buffer.from(start.subarray(0, 1024)).toString('latin1'));

const textTypeOf = (text: string, declared: string | undefined): string => {
  if (isPage(text)) return 'text/html';
  if (/<svg[\s>]/i.test(text)) return 'image/svg+xml';
  if (declared !== undefined && textTypes.test(declared)) return declared;
  return isXml(text) ? 'application/xml' : 'text/plain';
};

const charsetOf = ([first, second]: Uint8Array): string => {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
};

/** Undefined where it is no text in that character set. */
const decoded = (start: Uint8Array, charset: string): string | undefined => {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(start, { stream: true });
    return binary.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
};

const startOf = async (path: string): Promise<Uint8Array> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** A type without its parameters, as senders declare it; undefined where it says nothing. */
export const declaredType = (given: string | undefined): string | undefined => {
  const type = given?.split(';')[0]?.trim().toLowerCase();
  const says = type !== undefined && /^[\w.+-]{1,127}\/[\w.+-]{1,127}$/.test(type) && type !== unknown;
  return says ? type : undefined;
};
