import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { event, eventCodec, eventTypes, type PersonalData, type Undecoded } from './index.js';

const parcels = eventTypes('parcel', {
  ParcelSent: event(z.object({ parcelId: z.string(), to: z.string().nullable(), grams: z.number() }), {
    upcasters: [
      ({ weight, ...rest }) => ({ ...rest, kilos: weight ?? 0 }),
      ({ kilos, ...rest }) => ({ ...rest, grams: Number(kilos) * 1000 }),
    ],
    personal: { subject: 'parcelId', fields: ['to'] },
  }),
});

const stored = (data: unknown, schemaVersion: number, type = 'ParcelSent'): Undecoded => ({
  type,
  data,
  metadata: { correlationId: 'c', causationId: 'c', actor: { kind: 'system', id: 'test' }, schemaVersion },
  id: '0199aaaa-0000-7000-8000-000000000000',
  stream: 'parcel-1',
  revision: 0,
  position: 1,
  recordedAt: '2026-01-01T00:00:00.000Z',
});

/** Has a key for each of these subjects; a sealed value is the reversed JSON. */
const reversing = (keys: Set<string>): PersonalData & { readonly asked: string[][] } => {
  const reverse = (text: string) => [...text].reverse().join('');
  const asked: string[][] = [];
  return {
    asked,
    ready: async (subjects) => void asked.push([...subjects]),
    seal: (subject, value) => ({ $sealed: reverse(JSON.stringify(value)), subject }),
    open: ({ $sealed, subject }) => (keys.has(subject) ? (JSON.parse(reverse($sealed)) as string) : null),
  };
};

describe('an event codec', () => {
  it('upgrades an event of any older version to the newest', async () => {
    const decoded = await eventCodec([parcels]).decode([
      stored({ parcelId: '1', to: 'Ana', weight: 2 }, 1),
      stored({ parcelId: '1', to: 'Ana', kilos: 3 }, 2),
      stored({ parcelId: '1', to: 'Ana', grams: 4 }, 3),
    ]);
    expect(decoded.map(({ data }) => data)).toEqual([
      { parcelId: '1', to: 'Ana', grams: 2000 },
      { parcelId: '1', to: 'Ana', grams: 3000 },
      { parcelId: '1', to: 'Ana', grams: 4 },
    ]);
  });

  it('stores the newest version, with its number', async () => {
    const [encoded] = await eventCodec([parcels]).encode([
      { type: 'ParcelSent', data: { parcelId: '1', to: 'Ana', grams: 5 } },
    ]);
    expect(encoded).toEqual({ type: 'ParcelSent', data: { parcelId: '1', to: 'Ana', grams: 5 }, schemaVersion: 3 });
  });

  it('refuses an event that a newer version of the program wrote', async () => {
    await expect(eventCodec([parcels]).decode([stored({ parcelId: '1' }, 4)])).rejects.toMatchObject({
      code: 'event_too_new',
    });
  });

  it('returns an event of an unknown type as it is', async () => {
    const unknown = stored({ any: 'thing' }, 7, 'SomethingElse');
    expect(await eventCodec([parcels]).decode([unknown])).toEqual([unknown]);
  });

  it('gives readers the events as they are stored where nothing is sealed', async () => {
    const read = [stored({ parcelId: '1', to: 'Ana', grams: 4 }, 3), stored({ any: 'thing' }, 7, 'SomethingElse')];
    expect(await eventCodec([parcels]).decode(read)).toBe(read);
    const old = stored({ parcelId: '1', to: 'Ana', kilos: 3 }, 2);
    const [first, second] = await eventCodec([parcels]).decode([...read.slice(0, 1), old]);
    expect(first).toBe(read[0]);
    expect(second?.data).toEqual({ parcelId: '1', to: 'Ana', grams: 3000 });
  });

  it('seals personal fields for their subject and opens them again', async () => {
    const personalData = reversing(new Set(['1']));
    const codec = eventCodec([parcels], personalData);
    const [encoded] = await codec.encode([{ type: 'ParcelSent', data: { parcelId: '1', to: 'Ana', grams: 5 } }]);
    expect(JSON.stringify(encoded)).not.toContain('Ana');
    expect(personalData.asked).toEqual([['1']]);
    const [decoded] = await codec.decode([stored(encoded?.data, 3)]);
    expect(decoded?.data).toEqual({ parcelId: '1', to: 'Ana', grams: 5 });
  });

  it('opens the fields of a subject without a key as null', async () => {
    const codec = eventCodec([parcels], reversing(new Set()));
    const [encoded] = await codec.encode([{ type: 'ParcelSent', data: { parcelId: '1', to: 'Ana', grams: 5 } }]);
    const [decoded] = await codec.decode([stored(encoded?.data, 3)]);
    expect(decoded?.data).toEqual({ parcelId: '1', to: null, grams: 5 });
  });

  it('opens sealed fields before it upgrades an old version', async () => {
    const codec = eventCodec([parcels], reversing(new Set(['1'])));
    const [decoded] = await codec.decode([
      stored({ parcelId: '1', to: { $sealed: '"anA"', subject: '1' }, weight: 1 }, 1),
    ]);
    expect(decoded?.data).toEqual({ parcelId: '1', to: 'Ana', grams: 1000 });
  });

  it('refuses an event that does not fit its schema, without naming the values', async () => {
    const encoding = eventCodec([parcels]).encode([
      { type: 'ParcelSent', data: { parcelId: '1', to: 'Ana', grams: 'private' } },
    ]);
    await expect(encoding).rejects.toThrow(/ParcelSent.*grams/);
    await expect(encoding).rejects.not.toThrow(/private/);
  });

  it('refuses two events with the same name', () => {
    expect(() => eventCodec([parcels, parcels])).toThrow('ParcelSent');
  });
});
