import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { DownloadFailed } from '#lib/whatsapp';
import { whileItComes } from './while-it-comes.js';

const never = new AbortController().signal;
const timeoutMs = 20;

async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** Ends after one part in silence; tells when it was left. */
const silent = () => {
  let left = false;
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      let sent = false;
      return {
        next: () => {
          if (sent) return new Promise(() => undefined);
          sent = true;
          return Promise.resolve({ done: false, value: Buffer.from('part') });
        },
        return: () => {
          left = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
  return { source, wasLeft: () => left };
};

describe('a download', () => {
  it('is read while it comes', async () => {
    const bytes = whileItComes(() => Promise.resolve(parts('a', 'b')), never);
    expect((await buffer(bytes)).toString()).toBe('ab');
  });

  it('fails as its source does', async () => {
    const begin = () => Promise.reject(new DownloadFailed(true, 'gone'));
    await expect(buffer(whileItComes(begin, never))).rejects.toMatchObject({ gone: true });
  });

  it('that falls silent is left behind', async () => {
    const { source, wasLeft } = silent();
    const bytes = whileItComes(() => Promise.resolve(source), never, timeoutMs);
    await expect(buffer(bytes)).rejects.toThrow('WhatsApp does not answer');
    expect(wasLeft()).toBe(true);
    const unanswered = whileItComes(() => new Promise(() => undefined), never, timeoutMs);
    await expect(buffer(unanswered)).rejects.toThrow('WhatsApp does not answer');
  });

  it('ends at once when the service stops', async () => {
    const { source, wasLeft } = silent();
    const stopping = new AbortController();
    const reading = buffer(whileItComes(() => Promise.resolve(source), stopping.signal));
    stopping.abort();
    await expect(reading).rejects.toThrow('The service stops');
    expect(wasLeft()).toBe(true);
  });
});
