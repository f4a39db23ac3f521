import { decider, DomainError, type Command } from '#lib/event-sourcing';
import { allowanceEvents, type AllowanceEvent, type Change } from './allowance.contract.js';
import type { Period } from './period-count.rules.js';

/** So much of a limit that holds for a period. A negative count gives back what was taken and not used. */
export type Take = Omit<Change, 'by'> & { readonly count: number; readonly period: Period; readonly limit: number };

type For<Type extends string, Data> = Command<Type, Data & { readonly userId: string }>;
/** Counts for the limits what was accepted before. Once. */
type OpenAllowance = For<'OpenAllowance', { readonly changes: readonly Change[]; readonly at: string }>;
/** All or nothing. @throws {DomainError} `allowance_used_up` */
type TakeAllowance = For<'TakeAllowance', { readonly takes: readonly Take[]; readonly at: string }>;
/** Comes in the order of the positions, possibly again. */
type GiveBackAllowance = For<'GiveBackAllowance', { readonly change: Change; readonly position: number }>;
export type AllowanceCommand = OpenAllowance | TakeAllowance | GiveBackAllowance;

export type Allowance = {
  readonly isOpen: boolean;
  /** By key and bucket. */
  readonly taken: { readonly [key: string]: { readonly [bucket: string]: number } };
  readonly givenBackTo: number;
  /** The chats for which something was taken last. */
  readonly begunChats: readonly string[];
};

/** Four days of quarters of an hour, as they came: also where the clock was set for a while. */
const maxQuarters = 400;
const maxMinutes = 10;
/** More than are begun before the views show it, which is what tells of a chat later. */
const maxBegunChats = 200;

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
  initialState: { isOpen: false, taken: {}, givenBackTo: 0, begunChats: [] },
  snapshotVersion: 2,
  decide: {
    OpenAllowance: ({ userId, changes, at }, { isOpen }) =>
      isOpen ? [] : [{ type: 'AllowanceOpened', data: { userId, changes: [...changes], at } }],
    TakeAllowance: ({ userId, takes, at }, allowance) => {
      if (!afterTaking(allowance, takes)) {
        throw new DomainError('limited', 'allowance_used_up', 'A limit of this user is used up');
      }
      const changes = takes.filter((take) => !isBegun(allowance, take)).map(changeOf);
      if (changes.length === 0) return [];
      return [{ type: 'AllowanceTaken', data: { userId, changes, at } }];
    },
    GiveBackAllowance: ({ userId, change, position }, { givenBackTo }) =>
      position <= givenBackTo ? [] : [{ type: 'AllowanceGivenBack', data: { userId, change, position } }],
  },
  evolve: {
    AllowanceOpened: (allowance, { changes }) => ({ ...changes.reduce(changed, allowance), isOpen: true }),
    AllowanceTaken: (allowance, { changes }) => changes.reduce(changed, allowance),
    AllowanceGivenBack: (allowance, { change, position }) => ({ ...changed(allowance, change), givenBackTo: position }),
  },
});

const changed = (allowance: Allowance, { key, bucket, by, chatId }: Change): Allowance => {
  const before = allowance.taken[key] ?? {};
  const after = { ...before, [bucket]: Math.max(0, (before[bucket] ?? 0) + by) };
  const max = key.startsWith(minuteKey('')) ? maxMinutes : maxQuarters;
  const isFull = Object.keys(after).length > max;
  const kept = isFull ? Object.fromEntries(Object.entries(after).slice(-max)) : after;
  const begunChats =
    chatId === undefined ? allowance.begunChats : [...allowance.begunChats, chatId].slice(-maxBegunChats);
  return { ...allowance, taken: { ...allowance.taken, [key]: kept }, begunChats };
};
