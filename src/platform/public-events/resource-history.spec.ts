import { expect, it } from '@jest/globals';
import { eventTypes, type Recorded } from '#lib/event-sourcing';
import type { Streams } from '../streams/streams.js';
import { publicResource } from './public-resource.js';
import { ResourceHistory } from './resource-history.js';

const resource = publicResource({
  stream: eventTypes('note', {}),
  evolve: (_before: unknown, { data }) => data,
  present: () => ({}),
  schema: {} as never,
  types: {},
});

/** Tells of so many notes, each with a text of so many characters, and then of the first one again. Answers how often it read the log. */
const readsFor = async (count: number, characters: number): Promise<number> => {
  let reads = 0;
  const streams = { events: () => Promise.resolve((reads += 1) && []) } as unknown as Streams;
  const history = new ResourceHistory(streams);
  const event = (note: number, revision: number) =>
    ({ stream: `note-${note}`, revision, data: { text: `${note}`.padEnd(characters) } }) as unknown as Recorded;
  for (let note = 0; note < count; note += 1) await history.at(resource, event(note, 0));
  await history.at(resource, event(0, 1));
  return reads;
};

it('resources that were asked about shortly before are not read again', async () => {
  expect(await readsFor(5000, 1000)).toBe(0);
});

it('few resources are kept where they are large', async () => {
  expect(await readsFor(100, 512 * 1024)).toBe(1);
});
