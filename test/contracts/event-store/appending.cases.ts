import { describe, expect, it } from '@jest/globals';
import { InvalidAppend, RevisionConflict, type ExpectedRevision, type NewEvent } from '#lib/event-store';
import { collect, newEvent, newEvents, newStream } from '../../support/event-store/events.js';
import { withStore, type OpenStoreFixture } from '../../support/event-store/fixture.js';

export const appending = (open: OpenStoreFixture): void => {
  describe('appending', () => {
    it(
      'returns the revision and position of the last event, and stores events unchanged',
      withStore(open, async (store, { reopen }) => {
        const stream = newStream();
        const events = [
          newEvent('MessageQueued', { text: 'Grüße 👋 \u0000 \u2028 "\\', list: [1, null, { a: -0.5 }] }),
          newEvent('MessageSent'),
        ];
        const before = Date.now();
        const appended = await store.append({ stream, expected: 'no_stream', events });
        expect(appended.revision).toBe(1);
        expect(appended.position).toBe(await store.head());
        const check = async (opened: typeof store) => {
          const stored = await collect(opened.readStream(stream));
          expect(stored).toEqual(
            events.map((event, revision) => ({
              ...event,
              stream,
              revision,
              position: expect.any(Number),
              recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
            })),
          );
          expect(stored[1]?.position).toBe(appended.position);
          const recordedAt = Date.parse(stored[0]?.recordedAt ?? '');
          expect(recordedAt).toBeGreaterThanOrEqual(before);
          expect(recordedAt).toBeLessThanOrEqual(Date.now());
        };
        await check(store);
        await check(await reopen());
      }),
    );

    it(
      'keeps the time at which another store accepted an event',
      withStore(open, async (store, { reopen }) => {
        const stream = newStream();
        const copied = { ...newEvent(), recordedAt: '2020-02-03T04:05:06.789Z' };
        await store.append({ stream, expected: 'no_stream', events: [copied] });
        const expected = [expect.objectContaining(copied)];
        expect(await collect(store.readStream(stream))).toEqual(expected);
        expect(await collect((await reopen()).readAll())).toEqual(expected);
      }),
    );

    const conflicts: readonly [ExpectedRevision, number, number | 'no_stream'][] = [
      ['no_stream', 2, 1],
      [0, 2, 1],
      [2, 2, 1],
      [0, 0, 'no_stream'],
      ['stream_exists', 0, 'no_stream'],
    ];
    it.each(conflicts)('rejects %s if the stream has %d events, and stores nothing', (expected, existing, actual) =>
      withStore(open, async (store) => {
        const stream = newStream();
        if (existing > 0) await store.append({ stream, expected: 'no_stream', events: newEvents(existing) });
        const head = await store.head();
        const rejected = store.append({ stream, expected, events: newEvents(2) });
        await expect(rejected).rejects.toThrow(RevisionConflict);
        await expect(rejected).rejects.toMatchObject({ stream, expected, actual });
        expect(await store.head()).toBe(head);
        expect(await collect(store.readStream(stream))).toHaveLength(existing);
      })(),
    );

    const matches: readonly [ExpectedRevision, number][] = [
      ['no_stream', 0],
      ['any', 0],
      ['any', 3],
      ['stream_exists', 3],
      [2, 3],
    ];
    it.each(matches)('accepts %s if the stream has %d events', (expected, existing) =>
      withStore(open, async (store) => {
        const stream = newStream();
        if (existing > 0) await store.append({ stream, expected: 'no_stream', events: newEvents(existing) });
        expect(await store.append({ stream, expected, events: newEvents(2) })).toMatchObject({
          revision: existing + 1,
        });
      })(),
    );

    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const id = newEvent().id;
    const invalid: readonly [string, { stream?: string; expected?: unknown; events?: readonly unknown[] }][] = [
      ['no events', { events: [] }],
      ['an empty stream name', { stream: '' }],
      ['a stream name that is too long', { stream: 'x'.repeat(10_000) }],
      ['a stream name with a line break', { stream: 'message-\n' }],
      ['half a character in the stream name', { stream: 'message-\ud83d' }],
      ['an id that is not a UUID', { events: [{ ...newEvent(), id: '42' }] }],
      [
        'the same id twice',
        {
          events: [
            { ...newEvent(), id },
            { ...newEvent(), id: id.toUpperCase() },
          ],
        },
      ],
      ['an empty type', { events: [newEvent('')] }],
      ['undefined data', { events: [newEvent(), { ...newEvent(), data: undefined }] }],
      ['data with a bigint', { events: [newEvent('A', { amount: 1n })] }],
      ['data that contains itself', { events: [newEvent('A', cyclic)] }],
      ['undefined metadata', { events: [{ ...newEvent(), metadata: undefined }] }],
      ['an event that is too large', { events: [newEvent('A', 'x'.repeat(20_000_000))] }],
      ['a negative revision', { expected: -1 }],
      ['a revision that is not an integer', { expected: 0.5 }],
      ['an unknown condition', { expected: 'maybe' }],
    ];
    it.each(invalid)('rejects %s, and stores nothing', (_what, append) =>
      withStore(open, async (store) => {
        const stream = append.stream ?? newStream();
        const expected = (append.expected ?? 'any') as ExpectedRevision;
        const events = (append.events ?? newEvents(1)) as readonly NewEvent[];
        await expect(store.append({ stream, expected, events })).rejects.toThrow(InvalidAppend);
        expect(await store.head()).toBe(0);
        expect(await store.append({ stream: newStream(), expected: 'any', events: newEvents(1) })).toMatchObject({
          revision: 0,
        });
      })(),
    );

    it(
      'accepts many and large events at once',
      withStore(open, async (store) => {
        const stream = newStream();
        await store.append({ stream, expected: 'no_stream', events: newEvents(3000) });
        const large = newEvent('Large', 'ß'.repeat(400_000));
        await store.append({ stream, expected: 2999, events: [large] });
        const events = await collect(store.readStream(stream));
        expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 3001 }, (_, index) => index));
        expect(events.at(-1)?.data).toBe(large.data);
      }),
    );
  });
};
