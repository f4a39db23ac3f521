import { open } from 'node:fs/promises';

const unknown = 'application/octet-stream';
/** What formats that build on others look like: a sender's word for these is more exact. */
const containers: readonly string[] = [unknown, 'application/zip', 'application/x-cfb'];
/** Text says no more of its format: a sender's word is taken for these types. */
const textTypes = /^(text\/(?!html\b|javascript\b)[\w.+-]+|application\/(json|x-ndjson|xml|yaml|[\w.-]+\+json))$/;
/** Enough to tell text from other content. */
const startBytes = 64 * 1024;
// oxlint-disable-next-line no-control-regex
const binary = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** The type of a file by its content. `declared` is only believed where the content leaves it open, and never makes it one that runs. */
export const sniff = async (path: string, declared: string | undefined): Promise<string> => {
  const { fileTypeFromFile } = await import('file-type');
  const found = await fileTypeFromFile(path).catch(() => undefined);
  const type = found === undefined || found.mime === 'application/xml' ? await textTypeOf(path, declared) : found.mime;
  if (type === 'audio/x-m4a') return 'audio/mp4';
  return containers.includes(type) && declared?.startsWith('application/') ? declared : type;
};

const textTypeOf = async (path: string, declared: string | undefined): Promise<string> => {
  const text = textOf(await startOf(path));
  if (text === undefined) return unknown;
  if (/^\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*<(!doctype html|html|head|body|script)\b/i.test(text))
    return 'text/html';
  if (/<svg[\s>]/i.test(text)) return 'image/svg+xml';
  if (declared !== undefined && textTypes.test(declared)) return declared;
  return text.trimStart().startsWith('<?xml') ? 'application/xml' : 'text/plain';
};

/** Undefined where it is no text in UTF-8. */
const textOf = (start: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
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
  const says = type !== undefined && /^[\w.+-]+\/[\w.+-]+$/.test(type) && type !== unknown;
  return says ? type : undefined;
};
