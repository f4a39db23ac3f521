import { decider, DomainError, type Command } from '#lib/event-sourcing';
import { allowanceEvents, type AllowanceEvent, type Change } from './allowance.contract.js';
import type { Period } from './period-count.rules.js';

/** So much of a limit that holds for a period. A negative count gives back what was taken and not used. */
export type Take = Omit<Change, 'by'> & { readonly count: number; readonly period: Period; readonly limit: number };

type For<Type extends string, Data> = Command<Type, Data & { readonly userId: string }>;
/** So much was accepted in a period as the log shows it: what is taken is no less. */
type OpenAllowance = For<'OpenAllowance', { readonly accepted: Omit<Take, 'limit' | 'chatId'>; readonly at: string }>;
/** All or nothing. @throws {DomainError} `allowance_used_up` */
type TakeAllowance = For<'TakeAllowance', { readonly takes: readonly Take[]; readonly at: string }>;
/** Of a message. Comes possibly again. */
type GiveBackAllowance = For<'GiveBackAllowance', { readonly messageId: string; readonly change: Change }>;
export type AllowanceCommand = OpenAllowance | TakeAllowance | GiveBackAllowance;

export type Allowance = {
  /** By key and bucket. */
  readonly taken: { readonly [key: string]: { readonly [bucket: string]: number } };
  /** The messages that were given back last. */
  readonly givenBack: readonly string[];
  /** The chats for which something was taken last. */
  readonly begunChats: readonly string[];
};

/** Four days of quarters of an hour, or of as many in which something was taken. */
const maxQuarters = 400;
const maxMinutes = 10;
/** More than are begun before the views show it, which is what tells of a chat later. */
const maxBegunChats = 200;
/** As many as are under way at the most when a process is killed, and are given back again. */
const maxGivenBack = 1000;

/** That of a session's minutes; the others have quarters of an hour. */
export const minuteKey = (sessionId: string): string => `minute ${sessionId}`;

/** What is taken of a key in a period. */
export const takenIn = ({ taken }: Pick<Allowance, 'taken'>, key: string, { from, to }: Period): number =>
  Object.entries(taken[key] ?? {}).reduce((sum, [bucket, n]) => (bucket >= from && bucket < to ? sum + n : sum), 0);

/** After this is taken; undefined where there is not so much. */
export const afterTaking = (allowance: Allowance, takes: readonly Take[]): Allowance | undefined => {
  let after = allowance;
  for (const take of takes) {
    if (isBegun(after, take)) continue;
    if (take.count > 0 && takenIn(after, take.key, take.period) + take.count > take.limit) return undefined;
    after = changed(after, changeOf(take));
  }
  return after;
};

/** Whether it was taken for the same chat before. */
const isBegun = ({ begunChats }: Allowance, { chatId }: Pick<Change, 'chatId'>): boolean =>
  chatId !== undefined && begunChats.includes(chatId);

const changeOf = ({ key, bucket, count, chatId }: Take): Change => ({
  key,
  bucket,
  by: count,
  ...(chatId !== undefined && { chatId }),
});

/** How much of a user's limits is taken, for all processes that accept their messages. */
export const allowanceDecider = decider<AllowanceCommand, AllowanceEvent, Allowance>({
  events: allowanceEvents,
  idOf: ({ data }) => data.userId,
  initialState: { taken: {}, givenBack: [], begunChats: [] },
  snapshotVersion: 3,
  decide: {
    OpenAllowance: ({ userId, accepted: { key, bucket, period, count }, at }, allowance) => {
      const by = count - takenIn(allowance, key, period);
      return by <= 0 ? [] : [{ type: 'AllowanceOpened', data: { userId, changes: [{ key, bucket, by }], at } }];
    },
    TakeAllowance: ({ userId, takes, at }, allowance) => {
      if (!afterTaking(allowance, takes)) {
        throw new DomainError('limited', 'allowance_used_up', 'A limit of this user is used up');
      }
      const changes = takes.filter((take) => !isBegun(allowance, take)).map(changeOf);
      if (changes.length === 0) return [];
      return [{ type: 'AllowanceTaken', data: { userId, changes, at } }];
    },
    GiveBackAllowance: ({ userId, messageId, change }, { taken, givenBack }) =>
      givenBack.includes(messageId) || (taken[change.key]?.[change.bucket] ?? 0) === 0
        ? []
        : [{ type: 'AllowanceGivenBack', data: { userId, messageId, change } }],
  },
  evolve: {
    AllowanceOpened: (allowance, { changes }) => changes.reduce(changed, allowance),
    AllowanceTaken: (allowance, { changes }) => changes.reduce(changed, allowance),
    AllowanceGivenBack: (allowance, { messageId, change }) => ({
      ...changed(allowance, change),
      ...(messageId !== null && { givenBack: [...allowance.givenBack, messageId].slice(-maxGivenBack) }),
    }),
  },
});

const changed = (allowance: Allowance, { key, bucket, by, chatId }: Change): Allowance => {
  const before = allowance.taken[key] ?? {};
  if (by < 0 && before[bucket] === undefined) return allowance; // it is too long ago
  const after = { ...before, [bucket]: Math.max(0, (before[bucket] ?? 0) + by) };
  const max = key.startsWith(minuteKey('')) ? maxMinutes : maxQuarters;
  const isFull = Object.keys(after).length > max;
  const kept = isFull ? nearest(after, bucket, max) : after;
  const begunChats =
    chatId === undefined ? allowance.begunChats : [...allowance.begunChats, chatId].slice(-maxBegunChats);
  return { ...allowance, taken: { ...allowance.taken, [key]: kept }, begunChats };
};

/** So many buckets, those whose time is near that of one of them: not the latest, since the clock may have been set ahead for a while. */
const nearest = (buckets: { readonly [bucket: string]: number }, to: string, max: number) => {
  const distance = (bucket: string): number => Math.abs(Date.parse(bucket) - Date.parse(to));
  const all = Object.entries(buckets).toSorted(([one], [other]) => distance(one) - distance(other));
  return Object.fromEntries(all.slice(0, max));
};
