import { DomainError } from '#lib/event-sourcing';
import type { MediaKind } from '#lib/whatsapp';

/** How large a file of each kind may be, in bytes. */
export type MediaLimits = { readonly [Kind in MediaKind]: number };

/** The kind that a file is by its type: what is no picture, film or sound is a document. */
export const kindOf = (mimeType: string): Exclude<MediaKind, 'sticker'> => {
  if (mimeType.startsWith('image/') && mimeType !== 'image/svg+xml') return 'image';
  if (mimeType.startsWith('video/')) return 'video';
  return mimeType.startsWith('audio/') || mimeType === 'application/ogg' ? 'audio' : 'document';
};

/** A file can hold sound alone and have the type of a film, and servers take one for the other. */
const played: readonly MediaKind[] = ['audio', 'video'];

const isOfKind = (mimeType: string, kind: MediaKind): boolean => {
  const own = kindOf(mimeType);
  if (kind === 'document') return true;
  return own === (kind === 'sticker' ? 'image' : kind) || (played.includes(own) && played.includes(kind));
};

const typeRefused = (detail: string): DomainError => new DomainError('refused', 'media_type_refused', detail);

/** @throws {DomainError} `media_type_refused` */
export const assertKind = (mimeType: string, kind: MediaKind): void => {
  const isSoundAlone = kind === 'video' && mimeType.startsWith('audio/');
  if (isSoundAlone || !isOfKind(mimeType, kind))
    throw typeRefused(`The file is ${mimeType}, and cannot be sent as ${kind}`);
};

/** @throws {DomainError} `media_too_large` */
export const assertSize = (size: number, kind: MediaKind, limits: MediaLimits): void => {
  if (size > limits[kind]) throw tooLarge(limits[kind], kind);
};

export const tooLarge = (maxBytes: number, kind: MediaKind): DomainError =>
  new DomainError('refused', 'media_too_large', `A file of this kind (${kind}) may have at most ${maxBytes} bytes`);

/**
 * Refuses a file that is not what its sender says: a page of HTML as a picture, say. What they say may be wrong in the details.
 * @throws {DomainError} `media_type_refused`
 */
export const assertAsDeclared = (mimeType: string, declared: string | undefined): void => {
  if (declared === undefined) return;
  const kind = kindOf(declared);
  const fits = kind === 'document' ? isSuchDocument(mimeType, declared) : isOfKind(mimeType, kind);
  if (!fits) throw typeRefused(`The file is said to be ${declared}, but its content is ${mimeType}`);
};

const isSuchDocument = (mimeType: string, declared: string): boolean =>
  declared === pdf ? mimeType === pdf : !(hasSignature.test(declared) && isText.test(mimeType));

/** Servers say so of their pages, and of whatever nobody told them the type of. */
export const isPageType = (declared: string | undefined): boolean =>
  declared === 'text/html' || declared === 'application/xhtml+xml';

/** Whether a name from a URL or a server is that of a file, and not of a page or a program that answers. */
export const namesFile = (name: string | undefined): boolean =>
  name !== undefined && /\.[a-z0-9]{1,10}$/i.test(name) && !pageName.test(name);

const pageName = /\.([sx]?html?|xht|php\d?|phtml|aspx?|ashx|jspx?|cgi|pl|cfm|do|action)$/i;

/**
 * Servers answer with a page, or a few words, where a file is not there, or not for everybody. `named`: the type that its name says.
 * `isPageAlone`: the server says that it is a page, and nothing else says what it is.
 * @throws {DomainError} `media_fetch_failed`
 */
export const assertNoExcuse = (
  mimeType: string,
  { named, isPageAlone }: { readonly named: string | null; readonly isPageAlone: boolean },
): void => {
  if (mimeType === 'text/html') throw instead('a page of HTML');
  if (named !== null && hasSignature.test(named) && isText.test(mimeType)) throw instead(mimeType);
  if (isPageAlone && isText.test(mimeType))
    throw instead('text that it says is a page of HTML', ': if it is the file, say what it is with mimeType');
};

const instead = (what: string, hint = ''): DomainError =>
  new DomainError('refused', 'media_fetch_failed', `The server answered with ${what}, not with a file${hint}`);

const pdf = 'application/pdf';
const isText = /^(text\/.+|application\/(json|x-ndjson|xml|yaml|[\w.-]+\+json))$/;
/** Files of these formats begin with what tells them from text. */
const hasSignature =
  /^(application\/(pdf|zip|vnd\.openxmlformats-officedocument\..+|vnd\.oasis\.opendocument\..+)|image\/(jpeg|png|gif|webp)|audio\/(mpeg|mp4|ogg)|video\/(mp4|quicktime))$/;
