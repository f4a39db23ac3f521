import { collection } from '#lib/read-models';
import type { CleaningReason } from './media.contract.js';

/** A file as it is found: by its age, or by its content. */
export type MediaFileDocument = {
  readonly id: string;
  readonly userId: string;
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
  readonly storedAt: string;
  readonly state: 'stored' | 'cleaned';
  /** Where it is `cleaned`. */
  readonly cleanedAt?: string;
  readonly why?: CleaningReason;
};

/** The files of all users, cleaned ones too. */
export const mediaFiles = collection<MediaFileDocument>({
  name: 'media-files',
  version: 1,
  indexes: [
    ['state', 'storedAt'],
    ['userId', 'sha256'],
  ],
});
