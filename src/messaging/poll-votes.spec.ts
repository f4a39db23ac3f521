import { describe, expect, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { talliesOf, ballotField } from './ballots.rules.js';
import type { SealedChange } from './incoming.contract.js';
import { accepted, later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import type { MessageEventData } from './message.contract.js';
import { messageDecider } from './message.decider.js';

const given = givenEvents(messageDecider);

const content = { type: 'poll', question: 'When?', options: ['Morning', 'Evening', 'Never'], multiple: true } as const;
const poll = messageEvent('MessageReceived', { content, sealedSecret: 'secret' });
const single = messageEvent('MessageReceived', { content: { ...content, multiple: false }, sealedSecret: 'secret' });
const unreadable = messageEvent('MessageReceived', { content: { type: 'unreadable', reason: 'undecrypted' } });
const revoked = messageEvent('MessageRevoked');
const receive: MessageCommand = { type: 'RecordMessageReceived', data: poll.data };

const ada = { phoneNumber: '+491701234567', lid: '111111111111111@lid' };
const ben = { phoneNumber: '+491707654321', lid: null };
const minute = (number: number): string => `2026-01-02T03:0${number}:00.000Z`;

type Vote = Partial<MessageEventData<'PollVoted'>>;
const voted = (vote: Vote = {}) => messageEvent('PollVoted', { voter: ada, votedAt: minute(1), castAt: null, ...vote });
const vote = (cast: Vote = {}): MessageCommand => {
  const { messageId, changeId, voter, options, votedAt, castAt } = voted(cast).data;
  return { type: 'RecordPollVote', data: { messageId, changeId, voter, options, votedAt, castAt, at: later } };
};

const sealed = (votedAt = minute(1)): SealedChange => ({
  kind: 'sealed_vote',
  whatsappId: 'ABC',
  vote: {
    author: { jid: accepted.chat, phoneNumber: '+491701234567', lid: null },
    voter: { jid: ada.lid, ...ada },
    payload: 'sealed',
    iv: 'iv',
    votedAt,
    castAt: null,
  },
});
const sealedVote = messageEvent('SealedChangeReceived', { changeId: 'V1', change: sealed() });
const arrives: MessageCommand = {
  type: 'RecordSealedChange',
  data: { ...messageOwner, changeId: 'V1', change: sealed(), at: later },
};

describe('a vote on a poll', () => {
  it('is recorded once', () => {
    given([poll]).when(vote()).then([voted()]);
    given([poll, voted()]).when(vote()).then([]);
  });

  it('replaces the voter’s former one, and may withdraw it', () => {
    const [changed, withdrawn] = [
      { changeId: 'V2', options: ['Never'], votedAt: minute(2) },
      { changeId: 'V3', options: [], votedAt: minute(3) },
    ];
    given([poll, voted()])
      .when(vote(changed))
      .then([voted(changed)]);
    given([poll, voted(), voted(changed)])
      .when(vote(withdrawn))
      .then([voted(withdrawn)]);
  });

  it('does not count once the voter has cast a later one, in whatever order they arrive', () => {
    given([poll, voted({ changeId: 'V2', votedAt: minute(2) })])
      .when(vote())
      .then([]);
    const [first, second] = [
      { changeId: 'B', castAt: '2026-01-02T03:01:00.100Z' },
      { changeId: 'A', castAt: '2026-01-02T03:01:00.900Z' },
    ];
    given([poll, voted(first)])
      .when(vote(second))
      .then([voted(second)]);
    given([poll, voted(second)])
      .when(vote(first))
      .then([]);
  });

  it('does not count either where WhatsApp gives it a later time, because it was sent again', () => {
    const second = { changeId: 'A', castAt: '2026-01-02T03:01:00.900Z' };
    const repeated = { changeId: 'B', castAt: '2026-01-02T03:01:00.100Z', votedAt: minute(2) };
    given([poll, voted(second)])
      .when(vote(repeated))
      .then([]);
    given([poll, voted(repeated)])
      .when(vote(second))
      .then([voted(second)]);
  });

  it('leaves the votes of others as they are', () => {
    const bens = { changeId: 'V2', voter: ben, ballot: 1 };
    given([poll, voted()])
      .when(vote(bens))
      .then([voted(bens)]);
    const bensSecond = { ...bens, changeId: 'V3', votedAt: minute(3) };
    given([poll, voted(), voted(bens)])
      .when(vote(bensSecond))
      .then([voted(bensSecond)]);
  });

  it('is the same person’s, by number or by LID', () => {
    const named = [{ phoneNumber: null, lid: ada.lid }, ada, { phoneNumber: ada.phoneNumber, lid: null }];
    const votes = named.map((voter, n) => ({ changeId: `V${n}`, voter, votedAt: minute(n) }));
    given([poll, voted(votes[0]!)])
      .when(vote(votes[1]!))
      .then([voted(votes[1]!)]);
    given([poll, voted(votes[0]!), voted(votes[1]!)])
      .when(vote(votes[2]!))
      .then([voted(votes[2]!)]);
  });

  it('is for options of the poll, and for one where only one can be chosen', () => {
    const many = { options: ['Never', 'Elsewhere', 'Morning'] };
    given([poll])
      .when(vote(many))
      .then([voted({ options: ['Morning', 'Never'] })]);
    given([single])
      .when(vote(many))
      .then([voted({ options: ['Morning'] })]);
  });

  it('on what is no poll, or was deleted, changes nothing', () => {
    given([messageEvent('MessageReceived')])
      .when(vote())
      .then([]);
    given([poll, revoked]).when(vote()).then([]);
    given([]).when(vote()).then([]);
  });
});

describe('a vote that arrives, encrypted,', () => {
  it('is to be opened, once', () => {
    given([poll]).when(arrives).then([sealedVote]);
    given([poll, sealedVote]).when(arrives).then([]);
    given([poll, sealedVote, voted()]).when(arrives).then([]);
    given([poll, voted({ changeId: 'V2', votedAt: minute(2) })])
      .when(arrives)
      .then([]);
  });

  it('is to be opened on a poll that was sent from here, too', () => {
    const sent = [messageEvent('MessageQueued', { content }), messageEvent('MessageSent')];
    const ofOwn = messageEvent('SealedChangeReceived', { ...sealedVote.data, sealedSecret: null });
    given(sent).when(arrives).then([ofOwn]);
    given([...sent, ofOwn])
      .when(vote())
      .then([voted()]);
  });

  it('waits for its poll, and for the secret of one that cannot be read', () => {
    const waits = messageEvent('MessageChangeAwaited', { changeId: 'V1', change: sealed() });
    given([]).when(arrives).then([waits]);
    given([waits]).when(arrives).then([]);
    given([waits]).when(receive).then([poll, sealedVote]);
    given([unreadable]).when(arrives).then([waits]);
    const recovered = messageEvent('MessageRecovered', { ...poll.data, recoveredAt: poll.data.receivedAt });
    const {
      content: said,
      sealedSecret,
      replyToWhatsappId,
      replyTo,
      mentions,
      referral,
      forwarded,
      recoveredAt,
    } = recovered.data;
    const found = { content: said, sealedSecret, replyToWhatsappId, replyTo, mentions, referral, forwarded };
    const data = { ...messageOwner, ...found, recoveredAt };
    given([unreadable, waits])
      .when(receive)
      .then([{ type: 'MessageRecovered', data }, sealedVote]);
    given([unreadable, recovered]).when(vote()).then([voted()]);
  });

  it('changes nothing where the message is no poll, has no secret or was deleted', () => {
    given([messageEvent('MessageReceived', { sealedSecret: 'secret' })])
      .when(arrives)
      .then([]);
    given([messageEvent('MessageReceived', { content })])
      .when(arrives)
      .then([]);
    given([poll, revoked]).when(arrives).then([]);
  });
});

describe('the votes of a poll', () => {
  it('are counted for each option, with their voters', () => {
    const ballots = {
      ...ballotField(0, { voter: ada, options: ['Evening', 'Never'] }),
      ...ballotField(1, { voter: { phoneNumber: null, lid: '2@lid' }, options: ['Never'] }),
      ...ballotField(2, { voter: ben, options: [] }),
    };
    expect(talliesOf(content.options, ballots)).toEqual([
      { option: 'Morning', count: 0, voters: [] },
      { option: 'Evening', count: 1, voters: [ada.phoneNumber] },
      { option: 'Never', count: 2, voters: [ada.phoneNumber, '2@lid'] },
    ]);
  });
});
