import { DomainError, type OfType } from '#lib/event-sourcing';
import type { MessageCommand } from './message.commands.js';
import type { MessageEvent } from './message.contract.js';
import type { Mark, MessageState } from './message-state.rules.js';
import { laterOf } from './progress.rules.js';

type Data<Type extends MessageCommand['type']> = OfType<MessageCommand, Type>['data'];
type Decided = readonly MessageEvent[];

/** What was played was read, too. */
const implied = { read: ['read'], played: ['read', 'played'] } as const satisfies {
  readonly [mark in Mark]: readonly Mark[];
};

export const messageMarked = (data: Data<'RecordMessageMarked'>, state: MessageState): Decided => {
  if (state.status !== 'received') {
    throw new DomainError('conflict', 'message_not_received', 'Only received messages are marked as read or played');
  }
  const { as: asked, messageId: _messageId, at, ...key } = data;
  const { owner, marked, history, lastAt } = state;
  const known = { ...owner, ...key, ...(history && { history }) };
  return implied[asked]
    .filter((as) => !marked.includes(as))
    .map((as) => ({ type: 'MessageMarked', data: { ...known, as, markedAt: laterOf(at, lastAt) } }));
};

export const markReported = ({ as, at }: Data<'RecordMarkReported'>, state: MessageState): Decided =>
  state.status === 'received' && state.unreported.includes(as)
    ? [{ type: 'MarkReported', data: { ...state.owner, as, reportedAt: laterOf(at, state.lastAt) } }]
    : [];

export const withMark = (state: MessageState, as: Mark, hidden: boolean, lastAt: string): MessageState =>
  state.status === 'received'
    ? {
        ...state,
        marked: [...state.marked, as],
        unreported: hidden ? state.unreported : [...state.unreported, as],
        lastAt,
      }
    : state;

export const withMarkReported = (state: MessageState, as: Mark, lastAt: string): MessageState =>
  state.status === 'received'
    ? { ...state, unreported: state.unreported.filter((mark) => mark !== as), lastAt }
    : state;
