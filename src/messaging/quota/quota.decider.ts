import { decider, type Command } from '#lib/event-sourcing';
import { quotaEvents, type QuotaEvent, type UsedOfDay } from './quota.contract.js';

/** Comes as often as one likes: each threshold is recorded once a day. */
export type NoteQuotaUse = Command<'NoteQuotaUse', UsedOfDay>;

type Told = { readonly from: string; readonly types: readonly QuotaEvent['type'][] };

/** Days of two time zones, and those to which the clock may be set back. */
const maxRememberedDays = 14;

/** How much of a quota is used up: `none` where there is none to use up. */
export const levelOf = ({ limit, used }: Pick<UsedOfDay, 'limit' | 'used'>): 'none' | 'warned' | 'exceeded' => {
  if (limit > 0 && used >= limit) return 'exceeded';
  return limit > 0 && used * 5 >= limit * 4 ? 'warned' : 'none';
};

const crossed = {
  none: [],
  warned: ['QuotaWarned'],
  exceeded: ['QuotaWarned', 'QuotaExceeded'],
} as const satisfies { readonly [level: string]: readonly QuotaEvent['type'][] };

/** What a user was told of their quota. */
export const quotaDecider = decider<NoteQuotaUse, QuotaEvent, readonly Told[]>({
  events: quotaEvents,
  idOf: ({ data }) => data.userId,
  initialState: [],
  decide: {
    NoteQuotaUse: (data, days) => {
      const told = days.find(({ from }) => from === data.from)?.types ?? [];
      return crossed[levelOf(data)].filter((type) => !told.includes(type)).map((type) => ({ type, data }));
    },
  },
  evolve: {
    QuotaWarned: (days, { from }) => withTold(days, from, 'QuotaWarned'),
    QuotaExceeded: (days, { from }) => withTold(days, from, 'QuotaExceeded'),
  },
});

const withTold = (days: readonly Told[], from: string, type: QuotaEvent['type']): readonly Told[] => {
  const known = days.find((day) => day.from === from);
  const others = days.filter((day) => day !== known);
  return [...others.slice(1 - maxRememberedDays), { from, types: [...(known?.types ?? []), type] }];
};
