import { z } from 'zod';
import { usageFigures, usageGroupings, type UsageFigure } from '../usage.contract.js';

const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const UsageFilter = z.strictObject({
  from: moment
    .exactOptional()
    .describe('A day, from its beginning, or a time, rounded down to a quarter of an hour. Default: 30 days.'),
  to: moment.exactOptional().describe('A day, to its end, or a time that is excluded. Default: now.'),
  groupBy: z
    .enum(usageGroupings)
    .default('day')
    .describe('What each row is about. A period has up to 400 days, and up to 31 by hour.'),
  sessionId: z.uuid().exactOptional().describe('Only of this session.'),
  timeZone: z.string().min(1).max(64).default('UTC').describe('Says where days begin: `Europe/Berlin`.'),
});

export const AdminUsageFilter = UsageFilter.extend({
  groupBy: z
    .enum([...usageGroupings, 'user'])
    .default('day')
    .describe('What each row is about. A period has up to 400 days, and up to 31 by hour.'),
  userId: z.uuid().exactOptional().describe('Only of this user.'),
});

const descriptions: { readonly [figure in UsageFigure]: string } = {
  accepted: 'Messages that were accepted, also scheduled ones.',
  sent: 'Messages that WhatsApp’s server has taken.',
  delivered: 'Messages that came to a device of their recipient.',
  read: 'Messages that were read.',
  played: 'Recordings that were played.',
  failed: 'Messages that failed.',
  canceled: 'Messages that were canceled.',
  received: 'Messages from others.',
  mediaBytesSent: 'Bytes of the files in accepted messages.',
  mediaBytesReceived: 'Bytes of the files that were fetched from received messages.',
  connectedMinutes:
    'Minutes for which sessions were connected, up to now, each row rounded. A restart of the service between counts as connected.',
  webhookAttempts: 'Requests to webhooks.',
  webhooksDelivered: 'Events that a webhook has taken.',
  webhooksParked: 'Events that a webhook has not taken, after all attempts.',
};

const figures = Object.fromEntries(usageFigures.map((figure) => [figure, z.int().describe(descriptions[figure])])) as {
  readonly [figure in UsageFigure]: z.ZodInt;
};

const requests = z
  .int()
  .nullable()
  .describe(
    'Requests with API keys, also refused ones; of days, hours and users. Counted apart from the log of events; null while they cannot be.',
  );

const example: { readonly [figure in UsageFigure | 'requests']: number } = {
  accepted: 120,
  sent: 119,
  delivered: 117,
  read: 98,
  played: 3,
  failed: 1,
  canceled: 0,
  received: 64,
  mediaBytesSent: 4_812_003,
  mediaBytesReceived: 903_221,
  connectedMinutes: 1440,
  webhookAttempts: 431,
  webhooksDelivered: 428,
  webhooksParked: 0,
  requests: 615,
};

const Figures = z.object({ ...figures, requests }).meta({ id: 'UsageFigures' });

export const Usage = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime().describe('Excluded.'),
    timeZone: z.string(),
    groupBy: z.string(),
    data: z
      .array(
        z
          .object({
            group: z
              .string()
              .describe(
                'The day, the hour, the session’s id, the kind of content, the code of the failures, or the user’s id.',
              ),
            ...figures,
            requests,
          })
          .meta({ id: 'UsageRow' }),
      )
      .describe('Days and hours without usage are among them.'),
    total: Figures,
  })
  .meta({
    id: 'Usage',
    examples: [
      {
        from: '2026-11-29T00:00:00.000Z',
        to: '2026-11-30T00:00:00.000Z',
        timeZone: 'UTC',
        groupBy: 'day',
        data: [{ group: '2026-11-29', ...example }],
        total: example,
      },
    ],
  });
