import { randomBytes } from 'node:crypto';
import { gcmDecrypt, gcmEncrypt, hkdfSha256, sha256 } from '../../crypto/cipher.js';
import { SandboxError } from '../../errors.js';
import { proto } from '../../transport/wire.js';
import type { MessageContent } from './content.js';

/** A poll, and the jids of its author and of the voter as the vote is addressed. */
type Ballot = {
  readonly key: proto.IMessageKey;
  readonly poll: proto.IMessage;
  readonly author: string;
  readonly voter: string;
};

const { PollVoteMessage } = proto.Message;

export const pollOf = (message: proto.IMessage): proto.Message.IPollCreationMessage | null | undefined =>
  message.pollCreationMessage ?? message.pollCreationMessageV2 ?? message.pollCreationMessageV3;

const optionsOf = (poll: proto.IMessage): readonly string[] =>
  (pollOf(poll)?.options ?? []).map(({ optionName }) => optionName ?? '');

const hashOf = (option: string): Buffer => sha256(Buffer.from(option));

/** Encrypts a vote with a key that is derived from the secret of its poll. */
export function sealVote(options: readonly string[], ballot: Ballot): proto.IMessage {
  const unknown = options.find((option) => !optionsOf(ballot.poll).includes(option));
  if (!pollOf(ballot.poll)) throw new SandboxError('invalid_argument', `message ${ballot.key.id ?? ''} is not a poll`);
  if (unknown !== undefined) throw new SandboxError('invalid_argument', `the poll has no option ${unknown}`);
  const key = sealingKey(ballot);
  if (!key) throw new SandboxError('invalid_argument', `message ${ballot.key.id ?? ''} has no secret`);
  const encIv = randomBytes(12);
  const vote = PollVoteMessage.encode({ selectedOptions: options.map(hashOf) }).finish();
  const encPayload = gcmEncrypt(key, encIv, vote, alsoSealed(ballot));
  return {
    pollUpdateMessage: {
      pollCreationMessageKey: ballot.key,
      vote: { encPayload, encIv },
      senderTimestampMs: Date.now(),
    },
  };
}

/** The chosen options; undefined if the vote does not belong to the poll. */
export function openVote(vote: proto.Message.IPollEncValue, ballot: Ballot): readonly string[] | undefined {
  const key = sealingKey(ballot);
  if (!key) return undefined;
  try {
    const opened = gcmDecrypt(
      key,
      vote.encIv ?? Buffer.alloc(0),
      vote.encPayload ?? Buffer.alloc(0),
      alsoSealed(ballot),
    );
    const hashes = new Set(
      PollVoteMessage.decode(opened).selectedOptions.map((hash) => Buffer.from(hash).toString('hex')),
    );
    return optionsOf(ballot.poll).filter((option) => hashes.has(hashOf(option).toString('hex')));
  } catch {
    return undefined;
  }
}

/** What a phone shows of a vote that it sends or receives. */
export const voteContent = (messageId: string, options: readonly string[] | undefined): MessageContent => ({
  type: 'vote',
  target: messageId,
  ...(options && { vote: { options } }),
});

type Tally = NonNullable<NonNullable<MessageContent['poll']>['votes']>;

/** Counts votes, which are in order: the last one of each person counts. */
export function tally(
  options: readonly string[],
  votes: readonly { readonly from: string; readonly options: readonly string[] }[],
): Tally {
  const last = new Map(votes.map((vote) => [vote.from, vote.options]));
  return options.map((option) => {
    const voters = [...last].flatMap(([from, chosen]) => (chosen.includes(option) ? [from] : []));
    return { option, count: voters.length, voters };
  });
}

function sealingKey({ key, poll, author, voter }: Ballot): Buffer | undefined {
  const secret = poll.messageContextInfo?.messageSecret;
  return secret?.length
    ? hkdfSha256(secret, 32, Buffer.alloc(32), `${key.id ?? ''}${author}${voter}Poll Vote`)
    : undefined;
}

const alsoSealed = ({ key, voter }: Ballot): Buffer => Buffer.from(`${key.id ?? ''}\0${voter}`);
