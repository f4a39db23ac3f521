import { create as createDisposition } from 'content-disposition';
import mime from 'mime';
import parseRange from 'range-parser';
import type { ByteRange } from '#lib/media-files';
import { kindOf } from '../kind.rules.js';
import type { Media } from '../media.contract.js';

/** The headers of a file's content. A browser shows pictures, films and sounds, and only saves everything that could act in a page. */
export const contentHeaders = (media: Media): Readonly<Record<string, string>> => ({
  'content-type': media.mimeType,
  'content-disposition': createDisposition(nameOf(media), {
    type: kindOf(media.mimeType) === 'document' ? 'attachment' : 'inline',
  }),
  'content-security-policy': "default-src 'none'; sandbox",
  'accept-ranges': 'bytes',
  etag: etagOf(media),
});

const nameOf = ({ fileName, mediaId, mimeType }: Media): string => {
  const extension = mime.getExtension(mimeType);
  return fileName ?? (extension === null ? mediaId : `${mediaId}.${extension}`);
};

const etagOf = ({ sha256 }: Media): string => `"${sha256}"`;

/** The last bytes of a file that has fewer are all of it (RFC 9110); the parser takes them for a range that it does not have. */
const withinSize = (range: string, size: number): string =>
  range.replaceAll(
    /([=,]\s*)-(\d+)/g,
    (_, before: string, last: string) => `${before}-${Math.min(Number(last), size)}`,
  );

/** What a request asks for of a file: all of it (`undefined`), a range, or a range that it does not have. Several ranges are not served. */
export const rangeAsked = (
  media: Media,
  { range, 'if-range': ifRange }: { readonly range?: string | undefined; readonly 'if-range'?: string | undefined },
): ByteRange | 'unsatisfiable' | undefined => {
  if (range === undefined || (ifRange !== undefined && ifRange !== etagOf(media))) return undefined;
  const ranges = parseRange(media.size, withinSize(range, media.size), { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  const [one] = ranges === -2 ? [] : ranges;
  if (ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1 || !one) return undefined;
  return { first: one.start, last: one.end };
};
