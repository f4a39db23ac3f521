import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { isPublic } from './addresses.js';
import { Guard } from './guard.js';
import { openOutbound, type FetchedFile, type Outbound, type OutboundOptions } from './index.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** A server on this machine; answers its port. */
const serve = async (answer: RequestListener): Promise<number> => {
  const server: Server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const outbound = (options: Partial<OutboundOptions> = {}): Outbound => {
  const made = openOutbound({ isAllowed: (address) => address === '127.0.0.1', ...options });
  opened.push(() => made.close());
  return made;
};

const notAllowed = expect.objectContaining({ name: 'UrlNotAllowed' });
const failed = (reason: RegExp) =>
  expect.objectContaining({ name: 'FetchFailed', message: expect.stringMatching(reason) });
const get = (url: string, options?: Partial<OutboundOptions>): Promise<FetchedFile> => outbound(options).get(url);

describe('an address is public', () => {
  it.each(['8.8.8.8', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('%s', (address) =>
    expect(isPublic(address)).toBe(true),
  );

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'ff02::1',
    '2001:db8::1',
    'fec0::1',
    '4000::1',
    '::127.0.0.1',
    'nonsense',
  ])('but not %s', (address) => expect(isPublic(address)).toBe(false));
});

describe('fetching from a server', () => {
  it('answers the bytes, the type and the name', async () => {
    const port = await serve((_request, answer) => {
      answer.setHeader('content-type', 'application/pdf');
      answer.setHeader('content-disposition', 'attachment; filename="invoice 1.pdf"');
      answer.end('bytes');
    });
    const { bytes, ...named } = await get(`http://127.0.0.1:${port}/x`);
    const url = `http://127.0.0.1:${port}/x`;
    expect(named).toEqual({ mimeType: 'application/pdf', fileName: 'invoice 1.pdf', url });
    expect(await buffer(bytes)).toEqual(Buffer.from('bytes'));
  });

  it('takes the name from the URL where the server gives none', async () => {
    const port = await serve((_request, answer) => answer.end('x'));
    expect((await get(`http://127.0.0.1:${port}/a/Gr%C3%BC%C3%9Fe.pdf?size=1`)).fileName).toBe('Grüße.pdf');
    expect((await get(`http://127.0.0.1:${port}/files/17`)).fileName).toBeUndefined();
  });

  it.each([
    'ftp://example.com/x',
    'file:///etc/passwd',
    'nonsense',
    'http://user:password@example.com/',
    'http://127.0.0.2/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.2]/',
    'http://2130706434/',
    'http://0177.0.0.2/',
    'http://0x7f.2/',
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.2./',
  ])('refuses %s', async (url) => {
    await expect(get(url)).rejects.toEqual(notAllowed);
  });

  it('refuses a name that leads to a private address, and reaches only the allowed ones of several', async () => {
    const port = await serve((_request, answer) => answer.end('here'));
    const leadingTo =
      (...addresses: readonly string[]): NonNullable<OutboundOptions['lookUp']> =>
      async () =>
        addresses.map((address) => ({ address, family: 4 }));
    const url = `http://shop.example:${port}/`;
    await expect(get(url, { lookUp: leadingTo('127.0.0.2', '10.0.0.1') })).rejects.toEqual(notAllowed);
    const { bytes } = await get(url, { lookUp: leadingTo('127.0.0.2', '127.0.0.1') });
    expect(await buffer(bytes)).toEqual(Buffer.from('here'));
  });

  it('follows a few redirects, and none to where it may not go', async () => {
    const port = await serve(({ url = '' }, answer) => {
      const hops = Number(url.slice(1));
      const next = url === '/away' ? `http://127.0.0.2:${port}/` : `/${hops - 1}`;
      if (hops === 0) answer.end('there');
      else answer.writeHead(302, { location: next }).end();
    });
    expect(await buffer((await get(`http://127.0.0.1:${port}/5`)).bytes)).toEqual(Buffer.from('there'));
    await expect(get(`http://127.0.0.1:${port}/6`)).rejects.toEqual(failed(/redirects more than 5 times/));
    await expect(get(`http://127.0.0.1:${port}/away`)).rejects.toEqual(notAllowed);
  });

  it('says what the server answered, or that there is none', async () => {
    const port = await serve((_request, answer) => answer.writeHead(404).end('<html>'));
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toEqual(failed(/HTTP status 404/));
    await expect(get('http://127.0.0.1:1/')).rejects.toEqual(failed(/cannot be reached/));
    await expect(get('http://shop.invalid/')).rejects.toEqual(failed(/cannot be reached/));
  });

  it('fails where the server breaks off, or takes too long', async () => {
    const breaking = await serve((_request, answer) => {
      answer.writeHead(200, { 'content-length': '100' }).write('part');
      setImmediate(() => answer.destroy());
    });
    await expect(get(`http://127.0.0.1:${breaking}/`).then(({ bytes }) => buffer(bytes))).rejects.toEqual(
      failed(/broke off/),
    );
    const endless = await serve((_request, answer) => void answer.writeHead(200).write('part'));
    const slow = get(`http://127.0.0.1:${endless}/`, { timeoutMs: 100 });
    await expect(slow.then(({ bytes }) => buffer(bytes))).rejects.toEqual(failed(/took too long/));
  });
});

describe('posting to a server', () => {
  const posting = (url: string, options?: Partial<OutboundOptions>, signal?: AbortSignal) => {
    const request = { url, headers: { 'x-a': 'b' }, body: 'Grüße', timeoutMs: 300, maxAnswerChars: 20 };
    return outbound(options).post({ ...request, ...(signal && { signal }) });
  };

  it('sends the body with its length, and answers the status and the beginning of what follows', async () => {
    const port = await serve((request, answer) => {
      const { method, headers } = request;
      answer.writeHead(503, { 'retry-after': '7' });
      answer.end(`${method} ${headers['content-length']} ${String(headers['x-a'])} ${'x'.repeat(100)}`);
    });
    expect(await posting(`http://127.0.0.1:${port}/`)).toEqual({
      status: 503,
      retryAfter: '7',
      text: 'POST 7 b xxxxxxxxxxx',
    });
  });

  it('takes the status of an answer that is endless, huge or broken off', async () => {
    const endless = await serve((_request, answer) => void answer.writeHead(200).write('part'));
    const huge = await serve((_request, answer) => answer.writeHead(200).end(Buffer.alloc(10_000_000, 'x')));
    const broken = await serve((_request, answer) => {
      answer.writeHead(200, { 'content-length': '100' }).write('part');
      setImmediate(() => answer.destroy());
    });
    for (const [port, text] of [
      [endless, 'part'],
      [huge, 'x'.repeat(20)],
      [broken, 'part'],
    ] as const) {
      expect(await posting(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 200, text });
    }
  });

  it('follows no redirect, and goes nowhere private', async () => {
    const port = await serve((_request, answer) => answer.writeHead(302, { location: 'http://127.0.0.2/' }).end());
    expect(await posting(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 302 });
    await expect(posting('http://10.0.0.1/')).rejects.toEqual(notAllowed);
  });

  it('fails where there is no status in time', async () => {
    const silent = await serve(() => undefined);
    await expect(posting(`http://127.0.0.1:${silent}/`)).rejects.toEqual(failed(/took too long/));
    const signal = AbortSignal.abort();
    await expect(posting(`http://127.0.0.1:${silent}/`, {}, signal)).rejects.toEqual(failed(/aborted/));
  });

  it('looks a name up once for all who ask meanwhile', async () => {
    const waiting: ((found: readonly LookupAddress[]) => void)[] = [];
    const guarded = outbound({ lookUp: () => new Promise((answer) => void waiting.push(answer)) });
    const checks = Promise.allSettled(Array.from({ length: 20 }, () => guarded.check('http://slow.example/')));
    expect(waiting).toHaveLength(1);
    waiting[0]?.([{ address: '10.0.0.1', family: 4 }]);
    expect(await checks).toEqual(Array.from({ length: 20 }, () => ({ status: 'rejected', reason: notAllowed })));
    const later = guarded.check('http://slow.example/');
    waiting[1]?.([{ address: '8.8.8.8', family: 4 }]);
    await later;
  });

  it('waits five seconds for the addresses of a name, and then asks for them anew', async () => {
    jest.useFakeTimers();
    try {
      const lookUp = jest.fn<NonNullable<OutboundOptions['lookUp']>>(() => new Promise(() => undefined));
      const guard = new Guard({ isAllowed: () => false, lookUp });
      for (const times of [1, 2]) {
        const address = guard.addressOf('silent.example');
        jest.advanceTimersByTime(5000);
        await expect(address).rejects.toEqual(failed(/within 5 seconds/));
        expect(lookUp.mock.calls.map(([name, { aborted }]) => [name, aborted])).toEqual(
          Array.from({ length: times }, () => ['silent.example', true]),
        );
      }
    } finally {
      jest.useRealTimers();
    }
  });

  it('looks a name up at each connection, and before that where it is asked to', async () => {
    const port = await serve((_request, answer) => answer.writeHead(200, { connection: 'close' }).end());
    const answers = ['127.0.0.1', '10.0.0.1', '10.0.0.1'];
    const lookUp: OutboundOptions['lookUp'] = async () => [{ address: answers.shift() ?? '', family: 4 }];
    const rebinding = outbound({ lookUp });
    const request = { headers: {}, body: '{}', timeoutMs: 1000, maxAnswerChars: 20 };
    const url = `http://shop.example:${port}/`;
    expect(await rebinding.post({ ...request, url })).toMatchObject({ status: 200 });
    await expect(rebinding.post({ ...request, url })).rejects.toEqual(notAllowed);
    await expect(rebinding.check(url)).rejects.toEqual(notAllowed);
    await expect(rebinding.check('http://[::1]/')).rejects.toEqual(notAllowed);
    await expect(outbound().check('http://nowhere.invalid/')).resolves.toBeUndefined();
  });
});
