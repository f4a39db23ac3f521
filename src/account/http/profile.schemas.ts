import { z } from 'zod';

/** WhatsApp's bounds, in characters. */
const maxName = 25;
const maxAbout = 139;

const isPlain = (text: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(text);
const plain = 'Must not have control or half characters';
const lengthOf = (text: string): number => [...text].length;

export const Profile = z
  .object({
    name: z.string().nullable().describe('What others see who have not given the account a name of their own.'),
    about: z.string().nullable(),
    pictureUrl: z.url().nullable().describe('On WhatsApp’s servers. It is valid for some days: ask for it again.'),
  })
  .meta({
    id: 'Profile',
    examples: [{ name: 'Parcel shop', about: 'Open until six', pictureUrl: 'https://pps.whatsapp.net/v/t61.jpg' }],
  });

export const ProfileChange = z
  .strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .refine((text) => lengthOf(text) <= maxName, `Must have at most ${maxName} characters`)
      .refine(isPlain, plain)
      .exactOptional(),
    about: z
      .string()
      .trim()
      .min(1)
      .refine((text) => lengthOf(text) <= maxAbout, `Must have at most ${maxAbout} characters`)
      .refine(isPlain, plain)
      .exactOptional(),
    pictureMediaId: z
      .uuid()
      .nullable()
      .exactOptional()
      .describe(
        'A picture that was uploaded with `POST /v1/media`. What is not square is cut at its edges. `null` removes the picture.',
      ),
  })
  .refine((change) => Object.keys(change).length > 0, 'Say what to change')
  .meta({
    id: 'ProfileChange',
    examples: [{ name: 'Parcel shop' }, { about: 'Open until six' }, { pictureMediaId: null }],
  });
