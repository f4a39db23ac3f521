import { DownloadFailed, type MessageKey } from '#lib/whatsapp';
import type { MediaReference } from '../content/media-reference.js';

/** A file that WhatsApp no longer has at its address. */
export type LostFile = {
  readonly messageId: string;
  readonly sessionId: string;
  readonly key: MessageKey;
  readonly reference: MediaReference;
};

/** Where the phone uploaded the file again; null where it does not have it either. */
export type PhoneAnswer = { readonly reference: MediaReference | null };

/** WhatsApp no longer has the file, and the phone could not be asked for it: it has to be asked later. */
export class PhoneNotAsked extends DownloadFailed {
  constructor(why: string, cause: Error) {
    super(false, `WhatsApp no longer has the file, and it cannot be asked of the phone: ${why}`, { cause });
  }
}
