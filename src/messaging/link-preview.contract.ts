import { z } from 'zod';

/** What is shown of the page to which a message links. */
export const LinkPreview = z.object({
  /** As the body has it. */
  url: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  /** A small JPEG in base64; null where there is none. */
  thumbnail: z.string().nullable(),
});
export type LinkPreview = Readonly<z.output<typeof LinkPreview>>;
