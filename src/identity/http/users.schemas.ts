import { z } from 'zod';
import { Paging, pageOf, SearchWords } from '../../platform/http/paging.js';
import { PacingSettings } from '../pacing.contract.js';
import { defaultLimits, defaultTimeZone, TimeZone, UserLimits } from '../user.contract.js';
import { Email, Name, Time } from './fields.js';

const example = {
  id: '0199a3c4-1f00-7000-8000-000000000001',
  name: 'Parcel shop',
  email: 'it@parcels.example',
  status: 'active',
  limits: defaultLimits,
  timeZone: defaultTimeZone,
  pacing: {},
  retentionDays: null,
  createdAt: '2026-11-23T10:00:00.000Z',
  updatedAt: '2026-11-23T10:00:00.000Z',
} as const;

const limits = UserLimits.shape;
const SomeLimits = z
  .strictObject({
    maxMessagesPerDay: limits.maxMessagesPerDay.exactOptional(),
    maxRecipientsPerDay: limits.maxRecipientsPerDay.exactOptional(),
    maxMessagesPerMinute: limits.maxMessagesPerMinute.exactOptional(),
    requestsPerMinute: limits.requestsPerMinute.exactOptional(),
    maxSessions: limits.maxSessions.exactOptional(),
    maxWebhooks: limits.maxWebhooks.exactOptional(),
  })
  .describe('Absent limits stay as they are, or get their default.')
  .meta({ id: 'SomeUserLimits', examples: [{ maxSessions: 10 }] });

const Pacing = PacingSettings.describe(
  'How the sessions of the user are paced that are not set otherwise. What is left out is as the service is set. A change replaces all of it.',
);
const retentionDays = z
  .int()
  .min(0)
  .max(36_500)
  .nullable()
  .describe('How many days the content of messages is kept: 0 for good; null as WAYBILL_MESSAGE_DAYS says.');

export const User = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    status: z.enum(['active', 'inactive']),
    limits: UserLimits,
    timeZone: z.string().describe('The user’s day, by which messages are counted, begins and ends there.'),
    pacing: Pacing,
    retentionDays: retentionDays.optional(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'User', examples: [example] });

export const Users = pageOf(User, 'Users', example);

const optional = {
  pacing: Pacing.exactOptional(),
  limits: SomeLimits.exactOptional(),
  timeZone: TimeZone.exactOptional().describe('Where the user’s day begins and ends. A new user’s is `UTC`.'),
};

export const NewUser = z.strictObject({ name: Name, email: Email, ...optional }).meta({
  id: 'NewUser',
  examples: [
    { name: 'Parcel shop', email: 'it@parcels.example', limits: { maxSessions: 10 }, timeZone: 'Europe/Berlin' },
  ],
});

export const UserChange = z
  .strictObject({
    name: Name.exactOptional(),
    email: Email.exactOptional(),
    retentionDays: retentionDays.exactOptional(),
    ...optional,
  })
  .meta({ id: 'UserChange', examples: [{ name: 'Parcel shops' }] });

export const UserFilter = Paging.extend({
  q: SearchWords('the name or the email address'),
  status: z.enum(['active', 'inactive']).exactOptional(),
});
