import { expect, it } from '@jest/globals';
import { react, type Event, type Recorded } from '#lib/event-sourcing';
import { messageEvent } from './message.builders.js';
import { abandonSaga, outboxSaga, sentReactionsSaga, waitingSaga } from './messages.saga.js';

const at = '2026-01-02T03:04:05.600Z';
const session = {
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  userId: '0199aaaa-0000-7000-8000-000000000002',
};
const { sessionId } = session;
const recorded = (event: Event, position = 7): Recorded => ({ ...event, position }) as unknown as Recorded;

it('a session that is linked fails what waits for another account, and one that is deleted all that waits', () => {
  const paired = recorded({ type: 'SessionPaired', data: { ...session, phoneNumber: '+491705555555', pairedAt: at } });
  expect(react(abandonSaga, paired)).toEqual([
    { type: 'FailForFormerAccount', data: { sessionId, account: '+491705555555', at } },
  ]);
  const deleted = recorded({ type: 'SessionDeleted', data: { ...session, deletedAt: at } });
  expect(react(abandonSaga, deleted)).toEqual([{ type: 'AbandonMessages', data: { sessionId, at } }]);
});

it('what waits is told why when somebody stops its session, and when a user is activated whose session stays stopped', () => {
  const hold = [{ type: 'HoldWaiting', data: { sessionId } }];
  expect(react(waitingSaga, recorded({ type: 'SessionLoggedOut', data: session }))).toEqual(hold);
  expect(react(waitingSaga, recorded({ type: 'SessionPaused', data: session }))).toEqual(hold);
  const resumed = (connects: boolean) => recorded({ type: 'SessionResumed', data: { ...session, connects } });
  expect(react(waitingSaga, resumed(false))).toEqual(hold);
  expect(react(waitingSaga, resumed(true))).toEqual([]);
});

it('a message takes along the key that it was accepted with, and its place in the log', () => {
  const keyId = '0199aaaa-0000-7000-8000-000000000005';
  const [queued] = react(outboxSaga, recorded(messageEvent('MessageQueued', { keyId }), 8));
  expect(queued).toMatchObject({ type: 'DeliverMessage', data: { keyId, position: 8 } });
  const [scheduled] = react(outboxSaga, recorded(messageEvent('MessageScheduled', { keyId }), 9));
  expect(scheduled).toMatchObject({ type: 'AwaitSchedule', data: { keyId, position: 9 } });
});

it('a change goes the way of its message', () => {
  for (const type of ['MessageEditRequested', 'MessageRevocationRequested'] as const) {
    const [delivered] = react(outboxSaga, recorded(messageEvent(type), 8));
    expect(delivered).toMatchObject({ type: 'DeliverMessage', data: { changeId: 'C1', keyId: null, position: 8 } });
  }
});

it('a reaction that was sent is noted with its message, and no other message is', () => {
  const sent = (type: string) => react(sentReactionsSaga, recorded(messageEvent('MessageSent', { type })));
  expect(sent('reaction')).toMatchObject([{ type: 'NoteSentReaction', data: { at: '2026-01-02T03:04:09.000Z' } }]);
  expect(sent('text')).toEqual([]);
});
