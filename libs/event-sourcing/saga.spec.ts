import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { event, eventTypes, react, saga, type Command, type EventOf, type Recorded } from './index.js';

const bellEvents = eventTypes('bell', { BellRang: event(z.object({ bellId: z.string() })) });
/** Its answer is more than what was recorded. */
type OpenDoor = Command<'OpenDoor', { readonly doorId: string }, { readonly wasOpen: boolean }>;

it('a saga may give any command, whatever its answer', () => {
  const doors = saga<EventOf<typeof bellEvents>, OpenDoor>({
    name: 'doors',
    startFrom: 'now',
    from: [bellEvents],
    on: { BellRang: ({ data }) => [{ type: 'OpenDoor', data: { doorId: data.bellId } }] },
  });
  const rang = { type: 'BellRang', data: { bellId: 'front' } } as unknown as Recorded;
  expect(react(doors, rang)).toEqual([{ type: 'OpenDoor', data: { doorId: 'front' } }]);
});
