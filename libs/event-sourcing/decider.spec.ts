import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { decider, DomainError, event, eventTypes, fold, streamOf, type Command, type EventOf } from './index.js';
import { given } from './testing/index.js';

const doorEvents = eventTypes('door', {
  DoorOpened: event(z.object({ doorId: z.string(), by: z.string() })),
  DoorClosed: event(z.object({ doorId: z.string() })),
});
type DoorEvent = EventOf<typeof doorEvents>;
type DoorCommand = Command<'OpenDoor', { doorId: string; by: string }> | Command<'CloseDoor', { doorId: string }>;
type Door = { readonly open: boolean };

const door = decider<DoorCommand, DoorEvent, Door>({
  events: doorEvents,
  idOf: ({ data }) => data.doorId,
  initialState: { open: false },
  decide: {
    OpenDoor: (data, { open }) => {
      if (data.by === 'thief') throw new DomainError('forbidden', 'not_your_door', 'Only its owner opens a door');
      return open ? [] : [{ type: 'DoorOpened', data }];
    },
    CloseDoor: (data, { open }) => (open ? [{ type: 'DoorClosed', data }] : []),
  },
  evolve: { DoorOpened: () => ({ open: true }), DoorClosed: () => ({ open: false }) },
});

const opened: DoorEvent = { type: 'DoorOpened', data: { doorId: '7', by: 'ana' } };
const open: DoorCommand = { type: 'OpenDoor', data: { doorId: '7', by: 'ana' } };

describe('a decider', () => {
  it('decides a command by the state that earlier events led to', () => {
    given(door)([]).when(open).then([opened]);
  });

  it('returns no events for a command that is done already', () => {
    given(door)([opened]).when(open).then([]);
  });

  it('refuses a command with a stable code', () => {
    given(door)([])
      .when({ type: 'OpenDoor', data: { doorId: '7', by: 'thief' } })
      .refused('not_your_door');
  });

  it('names the stream after its category and id', () => {
    expect(streamOf(door, open)).toBe('door-7');
  });

  it('ignores events that it does not know', () => {
    expect(fold(door, [opened, { type: 'DoorPainted', data: {} }])).toEqual({ open: true });
  });
});

describe('given/when/then', () => {
  it('fails if the events differ from the expected ones', () => {
    expect(() => given(door)([]).when(open).then([])).toThrow();
    expect(() => given(door)([]).when(open).refused('not_your_door')).toThrow();
    expect(() => given(door)([opened]).when(open).then([opened])).toThrow();
  });

  it('fails if an event does not fit its schema', () => {
    const by = 7 as unknown as string;
    const odd: DoorEvent = { type: 'DoorOpened', data: { doorId: '7', by } };
    expect(() =>
      given(door)([])
        .when({ type: 'OpenDoor', data: { doorId: '7', by } })
        .then([odd]),
    ).toThrow();
  });
});
