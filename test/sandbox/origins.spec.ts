import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { startControl, type Control } from '#lib/whatsapp-sandbox/control';

describe('the servers of the sandbox', () => {
  let sandbox: Sandbox;
  let control: Control;
  let file: string;

  beforeAll(async () => {
    sandbox = await startSandbox();
    control = await startControl(sandbox);
    const [sender, receiver] = [sandbox.phones.create(), sandbox.phones.create()];
    const { media } = await sender.send({ to: receiver.number, type: 'image', bytes: Buffer.alloc(10) });
    file = media?.url ?? '';
  });
  afterAll(async () => {
    await control.stop();
    await sandbox.stop();
  });

  type Headers = { readonly [name: string]: string };
  const webSocket = async (headers: Headers): Promise<number | undefined> => {
    const socket = new WebSocket(sandbox.url, { headers });
    const opened = once(socket, 'open').then(() => 101);
    const refused = once(socket, 'unexpected-response').then(
      ([, response]) => (response as IncomingMessage).statusCode,
    );
    const status = await Promise.race([opened, refused]);
    socket.on('error', () => undefined);
    socket.terminate();
    return status;
  };
  const get = async (url: string, headers: Headers): Promise<number | undefined> => {
    const request = url.startsWith('https')
      ? httpsRequest(url, { headers, ca: sandbox.caCertificate })
      : httpRequest(url, { headers });
    const [response] = (await once(request.end(), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  it.each<[string, Headers]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site, in an old browser', { origin: 'https://evil.example' }],
    ['another port of the same host', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['another site, without an origin', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('refuse pages of %s', async (_whose, headers) => {
    expect(await webSocket(headers)).toBe(403);
    expect(await get(file, headers)).toBe(403);
    expect(await get(`${control.url}/phones`, headers)).toBe(403);
    expect(await get(`${control.url}/events`, headers)).toBe(403);
    expect(await get(`${control.url}/`, headers)).toBe(403);
  });

  it('answer programs, WhatsApp clients and their own pages', async () => {
    const whatsApp = { origin: 'https://web.whatsapp.com' };
    expect([await webSocket({}), await webSocket(whatsApp)]).toEqual([101, 101]);
    expect([await get(file, {}), await get(file, whatsApp)]).toEqual([200, 200]);
    const own = { origin: control.url, 'sec-fetch-site': 'same-origin' };
    expect([await get(`${control.url}/phones`, {}), await get(`${control.url}/phones`, own)]).toEqual([200, 200]);
  });

  it('show their pages to somebody who follows a link from another site', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(await get(`${control.url}/`, link)).toBe(200);
    expect(await get(`${control.url}/`, { ...link, 'sec-fetch-dest': 'iframe' })).toBe(403);
  });
});
