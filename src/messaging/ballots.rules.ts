import { shownPersonOf } from '#lib/whatsapp';
import type { Ballot, MessageView } from './message-view.contract.js';

type Ballots = Pick<MessageView, `ballot${number}`>;

/** How often an option of a poll is chosen, and by whom: phone numbers (E.164) where they are known, else addresses. */
type Tally = { readonly option: string; readonly count: number; readonly voters: string[] };

/** How the names of their fields begin. */
export const ballotFields = 'ballot';

/** A ballot as the view keeps it, by its number in the poll. */
export const ballotField = (number: number, ballot: Ballot): Ballots => ({ [`${ballotFields}${number}`]: ballot });

export const ballotsOf = (view: Ballots): readonly Ballot[] => ballotEntries(view).map(([, ballot]) => ballot);

/** The ballots with other voters. */
export const withVoters = (view: Ballots, voterOf: (voter: Ballot['voter']) => Ballot['voter']): Ballots =>
  Object.fromEntries(
    ballotEntries(view).map(([field, { voter, options }]) => [field, { voter: voterOf(voter), options }]),
  );

/** The votes for each option of a poll, in the order of the options. */
export const talliesOf = (options: readonly string[], view: Ballots): Tally[] => {
  const ballots = ballotsOf(view);
  return options.map((option) => {
    const voters = ballots.filter((ballot) => ballot.options.includes(option));
    return { option, count: voters.length, voters: voters.map(({ voter }) => shownPersonOf(voter, '')) };
  });
};

const ballotEntries = (view: Ballots): readonly [string, Ballot][] =>
  Object.entries(view).filter((entry): entry is [string, Ballot] => /^ballot\d+$/.test(entry[0]) && entry[1] !== null);
