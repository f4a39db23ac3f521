import { decider, type Command } from '#lib/event-sourcing';
import { blockListEvents, type Block, type BlockListEvent } from './block-list.contract.js';

export type BlockedPerson = Pick<Block, 'phoneNumber' | 'lid'>;
type Owner = Pick<Block, 'sessionId' | 'userId' | 'account'>;

/** Records that a user blocked or unblocked somebody. `at` is ISO 8601. */
export type RecordBlock = Command<
  'RecordBlock',
  Owner & { readonly person: BlockedPerson; readonly isBlocked: boolean; readonly at: string }
>;
/** Records whom WhatsApp shows as blocked. What is on record already changes nothing. */
export type RecordBlockList = Command<
  'RecordBlockList',
  Owner & { readonly blocked: readonly BlockedPerson[]; readonly at: string }
>;

/** Those whom an account blocks; null before anybody was blocked. */
type BlockListState = { readonly account: string; readonly blocked: readonly BlockedPerson[] } | null;

export const blockListDecider = decider<RecordBlock | RecordBlockList, BlockListEvent, BlockListState>({
  events: blockListEvents,
  idOf: ({ data }) => data.sessionId,
  initialState: null,
  decide: {
    RecordBlock: ({ person, isBlocked, at, ...owner }, state) => {
      if (isAmong(person, blockedBy(owner.account, state)) === isBlocked) return [];
      return [isBlocked ? personBlocked(owner, person, at) : personUnblocked(owner, person, at)];
    },
    RecordBlockList: ({ blocked, at, ...owner }, state) => {
      const before = blockedBy(owner.account, state);
      return [
        ...before.filter((person) => !isAmong(person, blocked)).map((person) => personUnblocked(owner, person, at)),
        ...blocked.filter((person) => !isAmong(person, before)).map((person) => personBlocked(owner, person, at)),
      ];
    },
  },
  evolve: {
    PersonBlocked: (state, { account, phoneNumber, lid }) => ({
      account,
      blocked: [...blockedBy(account, state), { phoneNumber, lid }],
    }),
    PersonUnblocked: (state, { account, phoneNumber, lid }) => ({
      account,
      blocked: blockedBy(account, state).filter((person) => !isSame(person, { phoneNumber, lid })),
    }),
  },
});

/** A session that was linked to another account has another list. */
const blockedBy = (account: string, state: BlockListState): readonly BlockedPerson[] =>
  state?.account === account ? state.blocked : [];

const isAmong = (person: BlockedPerson, people: readonly BlockedPerson[]): boolean =>
  people.some((each) => isSame(each, person));

/** By either address: WhatsApp does not always name both. */
export const isSame = (one: BlockedPerson, other: BlockedPerson): boolean =>
  (one.lid !== null && one.lid === other.lid) || (one.phoneNumber !== null && one.phoneNumber === other.phoneNumber);

const personBlocked = (owner: Owner, { phoneNumber, lid }: BlockedPerson, at: string): BlockListEvent => ({
  type: 'PersonBlocked',
  data: { ...owner, phoneNumber, lid, blockedAt: at },
});

const personUnblocked = (owner: Owner, { phoneNumber, lid }: BlockedPerson, at: string): BlockListEvent => ({
  type: 'PersonUnblocked',
  data: { ...owner, phoneNumber, lid, unblockedAt: at },
});
