import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BACKWARDS,
  END,
  ErrorType,
  EventStoreDBClient,
  eventTypeFilter,
  jsonEvent,
  streamNameFilter,
  type AllStreamSubscription,
  type Position,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { eventually } from '../eventually.js';
import { EventStoreDbServer } from './index.js';

/** The same on a real server: set EVENTSTORE_URL. */
const realUrl = process.env['EVENTSTORE_URL']?.replace(/^kurrentdb/, 'esdb');

const event = (type = 'ParcelSent', id: string = randomUUID()) => jsonEvent({ id, type, data: { grams: 5 } });
const events = (count: number, type?: string) => Array.from({ length: count }, () => event(type));
const newStream = (category = `parcel${randomUUID().slice(0, 8)}`) => `${category}-${randomUUID()}`;

const collect = async (read: AsyncIterable<unknown>): Promise<readonly ResolvedEvent[]> => {
  const all: ResolvedEvent[] = [];
  for await (const one of read) all.push(one as ResolvedEvent);
  return all;
};
const idsOf = (resolved: readonly ResolvedEvent[]) => resolved.map(({ event }) => event?.id);

describe('EventStoreDB', () => {
  let server: EventStoreDbServer | undefined;
  let client: EventStoreDBClient;

  beforeAll(async () => {
    server = realUrl === undefined ? await EventStoreDbServer.start() : undefined;
    client = EventStoreDBClient.connectionString(realUrl ?? (server as EventStoreDbServer).url);
  });
  afterAll(async () => {
    await client.dispose();
    await server?.stop();
  });

  const follow = (options: Parameters<typeof client.subscribeToAll>[0]) => {
    const seen: ResolvedEvent[] = [];
    const checkpoints: Position[] = [];
    let isCaughtUp = false;
    const filter = options?.filter && {
      ...options.filter,
      checkpointReached: (_: AllStreamSubscription, position: Position) => void checkpoints.push(position),
    };
    const subscription = client
      .subscribeToAll({ ...options, ...(filter && { filter }) })
      .on('data', (resolved: ResolvedEvent) => seen.push(resolved))
      .on('caughtUp', () => (isCaughtUp = true));
    return { seen, checkpoints, isCaughtUp: () => isCaughtUp, stop: () => subscription.unsubscribe() };
  };

  it('appends, and tells the revision and the position of the last event', async () => {
    const stream = newStream();
    const written = events(3);
    const { nextExpectedRevision, position } = await client.appendToStream(stream, written, {
      expectedRevision: 'no_stream',
    });
    expect(nextExpectedRevision).toBe(2n);
    const read = await collect(client.readStream(stream));
    expect(idsOf(read)).toEqual(written.map(({ id }) => id));
    expect(read[2]?.event?.position).toEqual(position);
    expect(position?.commit).toBe(position?.prepare);
    const [before, after] = [read[0]?.event?.position?.commit, read[1]?.event?.position?.commit];
    expect(Number(after) - Number(before)).toBeGreaterThan(1);
  });

  it('answers a repeated append as the first time, if the expected revision matches', async () => {
    const stream = newStream();
    const written = events(2);
    const first = await client.appendToStream(stream, written, { expectedRevision: 'no_stream' });
    await client.appendToStream(stream, events(1), { expectedRevision: 1n });
    expect(await client.appendToStream(stream, written, { expectedRevision: 'no_stream' })).toEqual(first);
    expect(await client.appendToStream(stream, written, { expectedRevision: 'any' })).toEqual(first);
    expect(await collect(client.readStream(stream))).toHaveLength(3);
  });

  it('refuses another expected revision, over both calls for appending', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(2));
    const conflict = { type: ErrorType.WRONG_EXPECTED_VERSION, actualVersion: 1n };
    for (const expectedRevision of ['no_stream', 0n, 7n] as const) {
      await expect(client.appendToStream(stream, events(1), { expectedRevision })).rejects.toMatchObject(conflict);
    }
    const none = client.appendToStream(newStream(), events(1), { expectedRevision: 'stream_exists' });
    await expect(none).rejects.toMatchObject({ actualVersion: 'no_stream' });
    const credentials = { username: 'admin', password: 'changeit' }; // makes the client use Append instead of BatchAppend
    const single = client.appendToStream(stream, events(1), { expectedRevision: 'no_stream', credentials });
    await expect(single).rejects.toMatchObject(conflict);
    expect(await client.appendToStream(stream, events(1), { credentials })).toMatchObject({ nextExpectedRevision: 2n });
  });

  it('knows a repeated append with any revision by its first event alone', async () => {
    const stream = newStream();
    const [first, second, third] = events(3) as [
      ReturnType<typeof event>,
      ReturnType<typeof event>,
      ReturnType<typeof event>,
    ];
    await client.appendToStream(stream, [first, second]);
    await expect(client.appendToStream(stream, [first, third])).rejects.toMatchObject({ actualVersion: 1n });
    expect(await client.appendToStream(stream, [third, second])).toMatchObject({ nextExpectedRevision: 3n });
  });

  it('refuses an append that is too large', async () => {
    const large = jsonEvent({ type: 'Large', data: { text: 'x'.repeat(1024 * 1024) } });
    await expect(client.appendToStream(newStream(), large)).rejects.toMatchObject({
      type: ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
    });
  });

  it('reads streams in both directions from any revision', async () => {
    const stream = newStream();
    const written = events(40);
    await client.appendToStream(stream, written);
    const ids = written.map(({ id }) => id);
    expect(idsOf(await collect(client.readStream(stream, { fromRevision: 35n })))).toEqual(ids.slice(35));
    const back = client.readStream(stream, { direction: BACKWARDS, fromRevision: 3n, maxCount: 2 });
    expect(idsOf(await collect(back))).toEqual([ids[3], ids[2]]);
    expect(
      idsOf(await collect(client.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1 }))),
    ).toEqual([ids[39]]);
    expect(await collect(client.readStream(stream, { fromRevision: 40n }))).toEqual([]);
    await expect(collect(client.readStream(newStream()))).rejects.toMatchObject({ type: ErrorType.STREAM_NOT_FOUND });
  });

  it('reads $all from an event, which is included forwards and left out backwards', async () => {
    const stream = newStream();
    await client.appendToStream(stream, events(3));
    const [first, second, third] = await collect(client.readStream(stream));
    const fromPosition = second?.event?.position as Position;
    const forwards = await collect(client.readAll({ fromPosition, maxCount: 2 }));
    expect(idsOf(forwards)).toEqual(idsOf([second, third] as ResolvedEvent[]));
    const back = await collect(client.readAll({ direction: BACKWARDS, fromPosition, maxCount: 1 }));
    expect(idsOf(back)).toEqual(idsOf([first] as ResolvedEvent[]));
  });

  it('refuses a position at which no event starts', async () => {
    await client.appendToStream(newStream(), events(2));
    const [last] = await collect(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
    const commit = last?.event?.position?.commit ?? 0n;
    const amid = { commit: commit + 1n, prepare: commit + 1n };
    const invalid = 'Unexpected ReadAllResult: InvalidPosition';
    await expect(collect(client.readAll({ fromPosition: amid }))).rejects.toThrow(invalid);
    const filter = streamNameFilter({ prefixes: ['parcel'] });
    const filtered = collect(client.subscribeToAll({ fromPosition: amid, filter }));
    await expect(filtered).rejects.toThrow('Trying to read from an invalid position.');
  });

  it('hides a deleted stream until it is written again, and ends one with a tombstone', async () => {
    const [deleted, ended] = [newStream(), newStream()];
    await client.appendToStream(deleted, events(2));
    await client.appendToStream(ended, events(2));
    await client.deleteStream(deleted);
    await expect(collect(client.readStream(deleted))).rejects.toMatchObject({ type: ErrorType.STREAM_NOT_FOUND });
    const again = await client.appendToStream(deleted, events(1), { expectedRevision: 'no_stream' });
    expect(again.nextExpectedRevision).toBe(2n);
    expect(await collect(client.readStream(deleted))).toHaveLength(1);
    await client.tombstoneStream(ended);
    const gone = { type: ErrorType.STREAM_DELETED, streamName: ended };
    await expect(collect(client.readStream(ended))).rejects.toMatchObject(gone);
    await expect(client.appendToStream(ended, events(1))).rejects.toMatchObject(gone);
  });

  it('follows $all from the start, says when it has caught up, and goes on live', async () => {
    const follower = follow({});
    await eventually(follower.isCaughtUp);
    const written = events(2);
    await client.appendToStream(newStream(), written);
    await eventually(() => follower.seen.length >= 2 && follower.seen.at(-1)?.event?.id === written[1]?.id);
    await follower.stop();
    expect(follower.seen.some(({ event }) => event?.streamId.startsWith('$'))).toBe(true);
  });

  it('filters by type or stream, and sends checkpoints for what it leaves out', async () => {
    const category = `parcel${randomUUID().slice(0, 8)}`;
    const rare = `Rare${randomUUID().slice(0, 8)}`;
    await client.appendToStream(newStream(category), [...events(200), event(rare), ...events(100)]);
    const byType = follow({
      filter: eventTypeFilter({ regex: `^(?:${rare})$`, maxSearchWindow: 50, checkpointInterval: 1 }),
    });
    const byStream = follow({ filter: streamNameFilter({ prefixes: [`${category}-`], checkpointInterval: 1 }) });
    await eventually(() => byType.isCaughtUp() && byStream.isCaughtUp());
    expect(byType.seen).toHaveLength(1);
    expect(byStream.seen).toHaveLength(301);
    expect(byType.checkpoints.length).toBeGreaterThanOrEqual(6);
    const match = byType.seen[0]?.event?.position as Position;
    expect(byType.checkpoints.at(-1)?.commit).toBeGreaterThan(match.commit);

    const count = byType.checkpoints.length;
    await client.appendToStream(newStream(category), events(60));
    await eventually(() => byType.checkpoints.length > count);
    await Promise.all([byType.stop(), byStream.stop()]);
  });

  it('continues after a checkpoint without leaving out the event that starts there', async () => {
    const category = `parcel${randomUUID().slice(0, 8)}`;
    const filter = streamNameFilter({ prefixes: [`${category}-`], checkpointInterval: 1 });
    await client.appendToStream(newStream(), events(50));
    const early = follow({ filter });
    await eventually(early.isCaughtUp);
    await early.stop();
    const written = events(2);
    await client.appendToStream(newStream(category), written);
    const late = follow({ filter, fromPosition: early.checkpoints.at(-1) as Position });
    await eventually(() => late.seen.length === 2);
    await late.stop();
    expect(idsOf(late.seen)).toEqual(written.map(({ id }) => id));
  });

  it('follows one stream, also before it exists', async () => {
    const stream = newStream();
    const seen: ResolvedEvent[] = [];
    const subscription = client.subscribeToStream(stream).on('data', (resolved: ResolvedEvent) => seen.push(resolved));
    const written = events(3);
    await client.appendToStream(stream, written);
    await eventually(() => seen.length === 3);
    await subscription.unsubscribe();
    expect(idsOf(seen)).toEqual(written.map(({ id }) => id));
  });
});
