import { z } from 'zod';

/** Where a file of this kind is, and its key: whoever has this can read the file. */
export const mediaReference = <Kind extends string>(kind: Kind) =>
  z.object({
    kind: z.literal(kind),
    url: z.string().nullable(),
    directPath: z.string().nullable(),
    mediaKey: z.string(),
    sha256: z.string().nullable(),
  });

export type MediaReference = Readonly<z.output<ReturnType<typeof mediaReference>>>;
