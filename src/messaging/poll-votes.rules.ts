import type { OfType } from '#lib/event-sourcing';
import type { OutgoingContent, ReceivedContent } from './content.contract.js';
import type { MessageCommand } from './message.commands.js';
import type { MessageEvent, MessageEventData } from './message.contract.js';
import type { Ballot, MessageState, PollState } from './message-state.rules.js';
import { isSamePerson } from './people/people.rules.js';
import { laterOf } from './progress.rules.js';

type Voter = Ballot['voter'];

const maxRememberedArrivals = 50;

/** Null where it is no poll. `author` null: it is sent from here. */
export const pollOf = (content: OutgoingContent | ReceivedContent, author: Voter | null): PollState | null =>
  content.type === 'poll'
    ? { options: content.options, multiple: content.multiple, author, ballots: [], arrived: [] }
    : null;

/** Whether a vote that arrived is to be opened: it is the voter's last one so far, and on a poll. */
export const isNewVote = (poll: PollState | null, vote: Ballot): boolean =>
  poll !== null && !poll.arrived.includes(vote.changeId) && isLast(vote, poll.ballots[numberOf(poll, vote.voter)]);

export const pollVoteDecided = (
  {
    messageId: _messageId,
    changeId,
    voter,
    options,
    votedAt,
    castAt,
    at,
  }: OfType<MessageCommand, 'RecordPollVote'>['data'],
  state: MessageState,
): readonly MessageEvent[] => {
  if (state.status === 'none' || state.isRevoked || state.poll === null) return [];
  if (voter.phoneNumber === null && voter.lid === null) return [];
  const { owner, poll, lastAt } = state;
  const ballot = numberOf(poll, voter);
  if (!isLast({ voter, changeId, votedAt, castAt }, poll.ballots[ballot])) return [];
  const chosen = poll.options.filter((option) => options.includes(option)).slice(0, poll.multiple ? undefined : 1);
  const vote = { changeId, ballot, voter, options: chosen, votedAt, castAt, recordedAt: laterOf(at, lastAt) };
  return [{ type: 'PollVoted', data: { ...owner, ...vote } }];
};

export const withVoteArrived = (state: MessageState, changeId: string, lastAt: string): MessageState => {
  if (state.status === 'none') return state;
  const { poll } = state;
  const arrived = poll && [...poll.arrived, changeId].slice(-maxRememberedArrivals);
  return { ...state, lastAt, poll: poll && arrived && { ...poll, arrived } };
};

export const withBallot = (
  state: MessageState,
  { ballot, voter, changeId, votedAt, castAt, recordedAt }: MessageEventData<'PollVoted'>,
): MessageState => {
  if (state.status === 'none' || state.poll === null) return state;
  const before = state.poll.ballots[ballot]?.voter;
  const known = {
    phoneNumber: voter.phoneNumber ?? before?.phoneNumber ?? null,
    lid: voter.lid ?? before?.lid ?? null,
  };
  const ballots = [...state.poll.ballots];
  ballots[ballot] = { voter: known, changeId, votedAt, castAt };
  return { ...state, lastAt: recordedAt, poll: { ...state.poll, ballots } };
};

/** The number of a person's ballot: a new one, where they have not voted yet. */
const numberOf = ({ ballots }: PollState, voter: Voter): number => {
  const known = ballots.findIndex((ballot) => isSamePerson(ballot.voter, voter));
  return known < 0 ? ballots.length : known;
};

/**
 * Whether a vote was cast after another one, whichever arrived first. The voter's device says so: WhatsApp's time of a vote that is sent again is
 * that of the repetition. Those of the same moment are in the order of their ids.
 */
const isLast = (vote: Ballot, before: Ballot | undefined): boolean => {
  if (before === undefined) return true;
  const isTold = vote.castAt !== null && before.castAt !== null && vote.castAt !== before.castAt;
  return isTold ? vote.castAt > before.castAt : momentOf(vote) > momentOf(before);
};

const momentOf = ({ votedAt, changeId }: Ballot): string => `${votedAt} ${changeId}`;
