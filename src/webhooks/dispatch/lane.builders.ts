import { setImmediate as turn } from 'node:timers/promises';
import type { Pending } from './chat-queue.js';
import { Lane, type Attempted } from './lane.js';
import { Places } from './places.js';

export const due = '2026-11-29T10:00:00.000Z';
export const later = '2999-11-29T10:00:00.000Z';

let numbers = 0;
/** A delivery that is due, with a higher number than those before it. */
export const item = (id: string, chatId: string): Pending => ({
  id,
  webhookId: 'webhook',
  userId: 'ana',
  eventId: `evt_${id}`,
  stream: 'message-1',
  revision: 0,
  sessionId: null,
  chatId,
  attempts: 0,
  attemptsBefore: 0,
  number: (numbers += 1),
  dueAt: due,
});

export const many = (count: number, chat: string): readonly Pending[] =>
  Array.from({ length: count }, (_, index) => item(`${chat} ${index}`, chat));

type Attempt = { readonly succeeded: () => void; readonly record: (outcome: Attempted) => void };
type Found = { readonly items: readonly Pending[]; readonly more: boolean };

/** A lane whose endpoint and view answer when they are told to. */
export const laneOf = (isOrdered: boolean) => {
  let ordered = isOrdered;
  const attempts = new Map<string, Attempt>();
  const reads: ((found: Found) => void)[] = [];
  const view = new Map<string, Pending>();
  const looks: (() => void)[] = [];
  const dueTimes: string[] = [];
  const lane = new Lane({
    userId: 'ana',
    places: new Places({ total: 100, perUser: 100 }),
    webhook: () => ({ ordered }),
    read: () => new Promise((resolve) => reads.push(resolve)),
    pending: (asked, _shown, limit) => {
      const isAsked = ({ number }: Pending) => ('gte' in asked ? number >= asked.gte : asked.in.includes(number));
      const found = [...view.values()].filter(isAsked).slice(0, limit);
      return new Promise((resolve) => looks.push(() => resolve(found)));
    },
    attempt: ({ id }, succeeded) => new Promise((record) => attempts.set(id, { succeeded, record })),
    isDueAt: (dueAt) => dueTimes.push(dueAt),
  });
  /** The answer to a reading by time. */
  const show = async (items: readonly Pending[], more = false): Promise<void> => {
    reads.shift()?.({ items, more });
    await turn();
  };
  const look = async (): Promise<void> => {
    looks.shift()?.();
    await turn();
  };
  const lookAtAll = async (): Promise<void> => {
    while (looks.length > 0) await look();
  };
  /** The view gets these, and the lane is told. */
  const schedule = (...items: readonly Pending[]): void => {
    for (const one of items) view.set(one.id, one);
    lane.add(items, 1);
  };
  /** What became of an attempt is on record, and in the view; undefined: it could not be made. */
  const end = async (id: string, outcome: Attempted): Promise<void> => {
    const shown = view.get(id);
    if (outcome?.outcome === 'succeeded' || outcome?.outcome === 'parked') view.delete(id);
    else if (outcome && shown) view.set(id, { ...shown, dueAt: outcome.dueAt, attempts: shown.attempts + 1 });
    attempts.get(id)?.record(outcome);
    await turn();
  };
  const putInOrder = (): void => {
    ordered = true;
  };
  return { lane, attempts, dueTimes, reads, show, view, look, lookAtAll, schedule, end, putInOrder };
};

export const retried: Attempted = { outcome: 'retried', dueAt: later, position: 7 };
export const parked = { outcome: 'parked', dueAt: null, position: 7 } as const satisfies Attempted;
export const succeeded: Attempted = { outcome: 'succeeded', dueAt: null, position: 8 };
