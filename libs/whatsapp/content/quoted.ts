import type { Location } from './location.js';
import type { MediaForm, MediaKind } from './media.js';
import type { Poll } from './poll.js';

/** What phones show of a message above its reply, beside its words, where it is no text. */
export type QuotedContent = QuotedMedia | QuotedContact | Location | Poll;

/** Its caption, if any, is in the words. */
type QuotedMedia = {
  readonly type: MediaKind;
  readonly form: MediaForm;
  readonly mimeType: string | null;
  readonly fileName: string | null;
  /** How long it plays, where that is known. */
  readonly seconds: number | null;
  readonly viewOnce: boolean;
};

type QuotedContact = {
  readonly type: 'contact';
  readonly names: readonly string[];
};
