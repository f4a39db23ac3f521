import { z } from 'zod';
import { isTimeZone } from '#lib/time-zones';

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time of day: 22:00');

const QuietHours = z
  .strictObject({
    from: TimeOfDay,
    to: TimeOfDay,
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, 'Must be the name of a time zone: Europe/Berlin')
      .exactOptional()
      .describe(
        'Of recipients whose number does not tell one: those of countries with several, hidden numbers and groups. Without it, it is quiet for the first of them while it is in any zone of their country, and never for the others.',
      ),
  })
  .refine(({ from, to }) => from !== to, 'Must not begin when they end');
export type QuietHours = Readonly<z.output<typeof QuietHours>>;

/** How fast, when and to whom messages leave a session. What is left out is as the user is set, or else the service. */
export const PacingSettings = z.strictObject({
  enabled: z.boolean().exactOptional().describe('By default with the real WhatsApp, and not in the sandbox.'),
  messagesPerMinute: z.int().min(1).max(6_000).exactOptional().describe('At the most, and less during the warm-up.'),
  jitter: z.number().min(0).max(1).exactOptional().describe('The random part of the pause between two messages.'),
  warmUp: z
    .boolean()
    .exactOptional()
    .describe('Whether a number that was linked a short time ago begins slowly: see the table in the manual.'),
  newContactsPerDay: z
    .int()
    .min(0)
    .max(100_000)
    .nullable()
    .exactOptional()
    .describe(
      'How many people who never wrote are written to for the first time on a day of the user; null: any number.',
    ),
  newContactPauseSeconds: z
    .int()
    .min(0)
    .max(3_600)
    .exactOptional()
    .describe('The pause between two messages to people who never wrote, give or take the jitter.'),
  breaker: z.boolean().exactOptional().describe('Whether sending slows down while WhatsApp refuses many messages.'),
  quietHours: QuietHours.nullable()
    .exactOptional()
    .describe('When nobody is written to, by the time of where they live; null: never.'),
});
export type PacingSettings = Readonly<z.output<typeof PacingSettings>>;

/** The same text for the same settings, in whatever order. */
export const pacingText = (pacing: PacingSettings): string =>
  JSON.stringify(pacing, [...Object.keys(PacingSettings.shape), ...Object.keys(QuietHours.shape)]);
