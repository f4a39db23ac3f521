import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { ndjson } from './ndjson.js';

let isEnded = false;
async function* pages() {
  isEnded = false;
  try {
    yield { events: [{ position: 1 }, { position: 2 }] };
    yield { events: [] };
    yield { events: [{ position: 5 }] };
  } finally {
    isEnded = true;
  }
}

describe('lines of JSON', () => {
  it('have each event of each page', async () => {
    expect(await text(Readable.from(await ndjson(pages())))).toBe('{"position":1}\n{"position":2}\n{"position":5}\n');
    expect(isEnded).toBe(true);
  });

  it.each([0, 1])('end the reading where their reader is gone after %i of them', async (taken) => {
    const stream = Readable.from(await ndjson(pages()), { highWaterMark: 1 });
    if (taken > 0) await new Promise((resolve) => stream.once('data', resolve));
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy();
    await closed;
    expect(isEnded).toBe(true);
  });

  it('are refused where the first page cannot be read', async () => {
    // oxlint-disable-next-line require-yield
    async function* broken(): AsyncGenerator<{ events: [] }, void, undefined> {
      throw new Error('damaged');
    }
    await expect(ndjson(broken())).rejects.toThrow('damaged');
  });
});
