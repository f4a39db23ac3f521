import { z } from 'zod';
import type { MediaKind } from '#lib/whatsapp';
import { url } from './received-values.js';

/** Where a file of this kind is, and its key, which is encrypted: keys of files are secrets. Null: the file itself is not encrypted. */
export const mediaReference = <Kind extends MediaKind>(kind: Kind) =>
  z.object({
    kind: z.literal(kind),
    url: url.nullable(),
    directPath: url.nullable(),
    sealedKey: z.string().nullable(),
    sha256: z.string().nullable(),
  });

export type MediaReference = Readonly<z.output<ReturnType<typeof mediaReference<MediaKind>>>>;

export const mediaForm = z.enum(['plain', 'voice', 'gif', 'note', 'animated']);
