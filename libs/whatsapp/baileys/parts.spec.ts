import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ExpiringCache } from './expiring-cache.js';
import { baileysLogger } from './logger.js';
import { mediaDownloader } from './media.js';
import { PairingWindow } from './pairing-window.js';
import { toWhatsApp } from './to-whatsapp.js';
import { Waits } from './waits.js';

describe('the cache', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  it('forgets after a while, and the oldest where there is no room', () => {
    const cache = new ExpiringCache(1000, 2);
    for (const key of ['a', 'b', 'a', 'c']) cache.set(key, key);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c']);
    jest.setSystemTime(999);
    expect(cache.get('a')).toBe('a');
    jest.setSystemTime(1000);
    expect(cache.get('a')).toBeUndefined();
    cache.del('c');
    cache.flushAll();
    expect(cache.get('c')).toBeUndefined();
  });
});

describe('what Baileys logs', () => {
  const lines: unknown[] = [];
  const log = { debug: () => undefined, warn: (...line: unknown[]) => void lines.push(line), error: () => undefined };
  const logger = baileysLogger('one', log);
  beforeEach(() => void lines.splice(0));

  it('is passed on as a warning, without details and without numbers', () => {
    logger.error({ node: '<message from="491701234567@s.whatsapp.net">', error: new Error('No 491701234567') }, 'bad');
    logger.child().warn('Invalid LID-PN mapping: 123456789012345@lid');
    expect(lines).toEqual([
      [{ sessionId: 'one', cause: 'Error: No …' }, 'bad'],
      [{ sessionId: 'one' }, 'Invalid LID-PN mapping: …@lid'],
    ]);
  });

  it('at lower levels is dropped', () => {
    logger.info({ helloMsg: 1 }, 'connected');
    logger.debug({}, 'x');
    logger.trace({}, 'x');
    expect(lines).toEqual([]);
  });
});

describe('the time for pairing', () => {
  it('gives each QR its own, the first one more', () => {
    const pairing = new PairingWindow(undefined, undefined);
    expect(pairing.isOpen).toBe(false);
    expect(pairing.next(0)).toEqual({ show: 'qr', validForMs: 60_000 });
    expect(pairing.next(60_000)).toEqual({ show: 'qr', validForMs: 20_000 });
    expect(pairing.isOpen).toBe(true);
  });

  it('asks for one code, which lasts as long as all QRs', () => {
    const pairing = new PairingWindow('+491701234567', undefined);
    expect(pairing.next(0)).toEqual({ show: 'code', phoneNumber: '+491701234567', validForMs: 160_000 });
    expect(pairing.next(60_000)).toBeUndefined();
  });

  it('is over some time after it began, unless the session was linked', () => {
    const pairing = new PairingWindow(undefined, undefined);
    expect(pairing.isOver(1_000_000)).toBe(false);
    pairing.next(0);
    expect([160_000, 160_001].map((now) => pairing.isOver(now))).toEqual([false, true]);
    pairing.close();
    expect(pairing.isOver(160_001)).toBe(false);
  });
});

describe('a text', () => {
  it('goes without a preview, and names who is mentioned', () => {
    const content = { type: 'text', body: 'https://example.com', mentions: ['+491701234567', '1234567@lid'] } as const;
    expect(toWhatsApp({ to: 'x', content })).toEqual({
      content: {
        text: 'https://example.com',
        linkPreview: null,
        mentions: ['491701234567@s.whatsapp.net', '1234567@lid'],
      },
      options: {},
    });
  });

  it('that answers quotes what it answers', () => {
    const replyTo = {
      whatsappId: 'Q',
      chat: '120363012345678901@g.us',
      fromMe: false,
      participant: '1@lid',
      text: 'Why?',
    };
    expect(toWhatsApp({ to: 'x', content: { type: 'text', body: 'So' }, replyTo }).options).toEqual({
      quoted: {
        key: { id: 'Q', remoteJid: '120363012345678901@g.us', fromMe: false, participant: '1@lid' },
        message: { conversation: 'Why?' },
      },
    });
  });
});

describe('a received file', () => {
  it.each([
    'https://example.com/file',
    'http://mmg.whatsapp.net/file',
    'https://whatsapp.net.example.com/',
    'no url',
    null,
  ])('is not looked for at %s', async (url) => {
    const media = { kind: 'image', url, directPath: null, mediaKey: '', sha256: null } as const;
    await expect(mediaDownloader(undefined)(media)).rejects.toMatchObject({ name: 'DownloadFailed', gone: true });
  });
});

describe('a wait', () => {
  const never = new Promise<never>(() => undefined);

  it('ends with the work, in time, or with the connection', async () => {
    const waits = new Waits();
    await expect(waits.until(Promise.resolve(1))).resolves.toBe(1);
    await expect(waits.until(Promise.reject(new Error('work')))).rejects.toThrow('work');
    await expect(waits.until(never, { ms: 1, else: () => new Error('late') })).rejects.toThrow('late');
    const waiting = waits.until(never);
    waits.end(new Error('ended'));
    await expect(waiting).rejects.toThrow('ended');
    await expect(waits.until(never)).rejects.toThrow('ended');
  });
});
