import type { OutgoingContent as SendableContent } from '#lib/whatsapp';
import type { OutgoingContent } from '../content.contract.js';
import { isSentMedia, type SentMedia } from '../content/media.content.js';
import type { FoundPreview } from '../message-state.rules.js';
import type { Upload } from '../upload.contract.js';

/** WhatsApp keeps files for some weeks; a phone that was off has to find it too. */
const maxUploadAgeMs = 7 * 24 * 3600 * 1000;

/** What is made of a content before it can be sent; null where it is still to be made, or is not needed. */
export type Made = { readonly upload: Upload | null; readonly preview: FoundPreview | null };

/** A content as WhatsApp takes it; undefined where its file has to be uploaded first, or the preview of its link to be made. */
export const sendableOf = (content: OutgoingContent, { upload, preview }: Made): SendableContent | undefined => {
  if (content.type === 'text') return awaitsPreview(content, preview) ? undefined : withPreview(content, preview);
  if (!isSentMedia(content)) return content;
  return upload ? withUpload(content, upload) : undefined;
};

type Text = Extract<OutgoingContent, { readonly type: 'text' }>;

const awaitsPreview = ({ previewUrl }: Text, preview: FoundPreview | null): boolean =>
  previewUrl === true && preview === null;

const withPreview = ({ previewUrl: _previewUrl, ...text }: Text, preview: FoundPreview | null): SendableContent =>
  preview?.found ? { ...text, preview: preview.found } : text;

const withUpload = (content: SentMedia, { thumbnail, waveform, ...upload }: Upload): SendableContent => {
  const { mediaId: _mediaId, sha256, ...described } = content;
  const file = { sha256: Buffer.from(sha256, 'hex').toString('base64'), upload, thumbnail, waveform };
  return { ...described, ...file } as SendableContent; // the compiler does not relate the union's members one by one
};

/** An upload that may still be used; null where the file has to be uploaded again. `now` is ISO 8601. */
export const usableUpload = (upload: Upload | null, now: string): Upload | null =>
  upload && Date.parse(now) - Date.parse(upload.uploadedAt) < maxUploadAgeMs ? upload : null;
