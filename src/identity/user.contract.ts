import { z } from 'zod';
import { event, eventTypes, type EventOf, type Query, type Upcaster } from '#lib/event-sourcing';
import type { JsonObject } from '#lib/json';
import type { Page } from '#lib/read-models';
import { isTimeZone } from '#lib/time-zones';
import { PacingSettings } from './pacing.contract.js';

const time = z.iso.datetime();

/** This value means: no limit, nothing is counted. */
export const unlimited = 10_000_000;

/** How much a user may use. */
export const UserLimits = z
  .object({
    maxMessagesPerDay: z.int().min(0).max(10_000_000),
    maxRecipientsPerDay: z
      .int()
      .min(0)
      .max(unlimited)
      .describe('People in whose chats there is no message yet. At its maximum they are not counted.'),
    maxMessagesPerMinute: z
      .int()
      .min(1)
      .max(unlimited)
      .describe('Messages that are accepted from each session. At its maximum they are not counted.'),
    requestsPerMinute: z.int().min(1).max(100_000),
    maxSessions: z.int().min(0).max(10_000),
    maxWebhooks: z.int().min(0).max(1000),
  })
  .meta({ id: 'UserLimits' });
export type UserLimits = Readonly<z.output<typeof UserLimits>>;

/** The limits of a user who was given no others. */
export const defaultLimits: UserLimits = {
  maxMessagesPerDay: 10_000,
  maxRecipientsPerDay: unlimited,
  maxMessagesPerMinute: unlimited,
  requestsPerMinute: 600,
  maxSessions: 5,
  maxWebhooks: 20,
};

/** The name of a time zone of the IANA: a user's day begins and ends there. */
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'Must be a time zone of the IANA, such as Europe/Berlin')
  .meta({ id: 'TimeZone', examples: ['Europe/Berlin'] });
/** Of a user who was given no other. */
export const defaultTimeZone = 'UTC';

/** From before there were limits of recipients, and per minute. */
const withNewerLimits: Upcaster = ({ limits, ...data }) => {
  const { maxRecipientsPerDay, maxMessagesPerMinute } = defaultLimits;
  return { ...data, limits: { maxRecipientsPerDay, maxMessagesPerMinute, ...(limits as JsonObject) } };
};

const personal = { subject: 'userId', fields: ['name', 'email'] } as const;
/** A keyed hash of the email address: the id of the stream in which it is claimed. */
const emailKey = z.string();

export const userEvents = eventTypes('user', {
  UserRegistered: event(
    z.object({
      userId: z.uuid(),
      name: z.string(),
      email: z.string(),
      emailKey,
      limits: UserLimits,
      timeZone: z.string(),
      registeredAt: time,
    }),
    { personal, upcasters: [(data) => ({ ...data, timeZone: defaultTimeZone }), withNewerLimits] },
  ),
  UserProfileChanged: event(
    z.object({
      userId: z.uuid(),
      name: z.string(),
      email: z.string(),
      emailKey,
      formerEmailKey: emailKey,
      changedAt: time,
    }),
    { personal },
  ),
  UserLimitsChanged: event(z.object({ userId: z.uuid(), limits: UserLimits, changedAt: time }), {
    upcasters: [withNewerLimits],
  }),
  UserTimeZoneChanged: event(z.object({ userId: z.uuid(), timeZone: z.string(), changedAt: time })),
  /** How sessions of the user are paced that are not set otherwise. */
  UserPacingChanged: event(z.object({ userId: z.uuid(), pacing: PacingSettings, changedAt: time })),
  /** How many days the content of the user's messages is kept: 0 for good, null as the service is set up. */
  UserRetentionChanged: event(
    z.object({ userId: z.uuid(), retentionDays: z.int().min(0).nullable(), changedAt: time }),
  ),
  UserActivated: event(z.object({ userId: z.uuid(), activatedAt: time })),
  UserDeactivated: event(z.object({ userId: z.uuid(), deactivatedAt: time })),
  UserDeleted: event(z.object({ userId: z.uuid(), emailKey, deletedAt: time })),
});
export type UserEvent = EventOf<typeof userEvents>;

/** A user as admins see them. */
export type UserView = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly status: 'active' | 'inactive';
  readonly limits: UserLimits;
  /** Of the IANA: says when the user's day begins and ends. */
  readonly timeZone: string;
  readonly pacing: PacingSettings;
  /** How many days the content of messages is kept: 0 for good; null or absent: as the service is set up. */
  readonly retentionDays?: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** @throws {DomainError} `user_not_found` */
export type GetUser = Query<'GetUser', { readonly userId: string }, UserView>;
/** Newest first. `search`: words, or beginnings of words, of the name or the email address. */
export type ListUsers = Query<
  'ListUsers',
  {
    readonly limit: number;
    readonly cursor?: string;
    readonly search?: string;
    readonly status?: UserView['status'];
  },
  Page<UserView>
>;
