import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandbox, type Sandbox } from '#lib/whatsapp-sandbox';
import { startControl, type Control } from '#lib/whatsapp-sandbox/control';
import { problemSchema } from '../../libs/whatsapp-sandbox/control/schemas/problem.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { Api } from './support/api.js';
import { linkedPhone } from './support/client.js';
import { waitUntil } from './support/wait-until.js';

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: {
    readonly content: { readonly [type: string]: { readonly schema: { readonly $ref?: string } } };
  };
  readonly responses: { readonly [status: string]: { readonly description: string; readonly content?: object } };
};
type Document = {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: { readonly examples?: readonly unknown[] } } };
};

const documentedRoutes = [
  'POST /phones',
  'GET /phones',
  'GET /phones/{number}',
  'PATCH /phones/{number}',
  'POST /phones/{number}/scan',
  'POST /phones/{number}/enter-code',
  'POST /phones/{number}/messages',
  'GET /phones/{number}/messages',
  'DELETE /phones/{number}/devices/{device}',
  'POST /faults',
  'GET /faults',
  'DELETE /faults',
  'GET /ca.pem',
  'GET /health',
];

describe('the control API over HTTP', () => {
  let sandbox: Sandbox;
  let control: Control;
  let api: Api;

  beforeAll(async () => {
    sandbox = await startSandbox();
    control = await startControl(sandbox);
    api = new Api(control.url);
    sandbox.phones.create({ number: '491701234567' });
  });
  afterAll(async () => {
    await control.stop();
    await sandbox.stop();
  });

  const messages = '/phones/491701234567/messages';
  it.each<[string, string, unknown, number, string]>([
    ['POST', '/phones', { number: 'nobody' }, 400, 'invalid_argument'],
    ['POST', '/phones', { numbr: '1' }, 400, 'validation_failed'],
    ['POST', '/phones', [], 400, 'validation_failed'],
    ['GET', '/phones/15550009999', undefined, 404, 'phone_not_found'],
    ['GET', '/phones/nobody', undefined, 404, 'phone_not_found'],
    ['PATCH', '/phones/491701234567', { receipts: 'maybe' }, 400, 'validation_failed'],
    ['PATCH', '/phones/491701234567', { receiptDelayMs: -1 }, 400, 'validation_failed'],
    ['POST', '/phones/491701234567/scan', { qr: 'hello' }, 400, 'invalid_argument'],
    ['POST', '/phones/491701234567/scan', { qr: '2@x,AA==,AA==,AA==' }, 404, 'not_found'],
    ['POST', '/phones/491701234567/enter-code', { code: 'ABCD-1234' }, 404, 'not_found'],
    ['POST', messages, { to: 'nobody', type: 'text', text: 'x' }, 422, 'unknown_number'],
    ['POST', messages, { to: '15550001111', type: 'text' }, 400, 'validation_failed'],
    ['POST', messages, { to: '15550001111', type: 'text', text: 'x', txet: 'y' }, 400, 'validation_failed'],
    ['POST', messages, { to: '15550001111', type: 'telegram', text: 'x' }, 400, 'validation_failed'],
    ['POST', messages, { to: '15550001111', type: 'image', image: { data: '%%%' } }, 400, 'validation_failed'],
    ['POST', messages, { to: '15550001111', type: 'text', text: 'x', replyTo: 'nothing' }, 404, 'not_found'],
    ['GET', `${messages}?until=1`, undefined, 400, 'validation_failed'],
    ['DELETE', '/phones/491701234567/devices/3', undefined, 404, 'not_found'],
    ['DELETE', '/phones/491701234567/devices/x', undefined, 400, 'validation_failed'],
    ['POST', '/faults', { kind: 'boom' }, 400, 'validation_failed'],
    ['POST', '/faults', { kind: 'drop', count: 0 }, 400, 'validation_failed'],
    ['POST', '/faults', { kind: 'drop', number: 'nobody' }, 400, 'invalid_argument'],
    ['POST', '/restart', undefined, 409, 'no_state_file'],
    ['GET', '/nowhere', undefined, 404, 'not_found'],
    ['PUT', '/phones', {}, 404, 'not_found'],
  ])('refuses %s %s %j with %i %s', async (method, path, body, status, code) => {
    const answer = await api.call(method, path, body);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(problemSchema.parse(answer.body)).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
  });

  it('reports each invalid field', async () => {
    const { body } = await api.call('POST', messages, { to: '', type: 'text', text: { body: 'x', size: 3 } });
    expect(problemSchema.parse(body).errors?.map(({ path }) => path)).toContain('to');
    const unknown = await api.call('POST', '/phones', { nmae: 'Ada' });
    expect(problemSchema.parse(unknown.body).errors).toEqual([{ path: 'nmae', message: 'unknown field' }]);
  });

  it.each([
    ['text/plain', '{"name":"Ada"}', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 'name=Ada', 415, 'unsupported_media_type'],
    ['application/json', '{"name":', 400, 'malformed_request'],
    ['application/json', `{"name":"${'x'.repeat(2 ** 21)}"}`, 413, 'too_large'],
  ])('accepts JSON bodies only: %s', async (type, body, status, code) => {
    const response = await fetch(`${control.url}/phones`, { method: 'POST', headers: { 'content-type': type }, body });
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
  });

  it('accepts a request without a body, whatever its content type', async () => {
    const response = await fetch(`${control.url}/phones`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(201);
  });

  const raw = async (headers: { [name: string]: string }): Promise<number | undefined> => {
    const sent = request(`${control.url}/phones`, { headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  it('refuses requests from pages of other hosts', async () => {
    expect(await raw({ host: 'evil.example' })).toBe(403);
    expect(await raw({ origin: 'https://evil.example' })).toBe(403);
    expect(await raw({ origin: control.url })).toBe(200);
  });

  it('accepts any host name when bound to another address than loopback', async () => {
    const open = await startControl(sandbox, { host: '0.0.0.0' });
    const sent = request(`http://127.0.0.1:${open.port}/health`, { headers: { host: 'sandbox.example' } }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    await open.stop();
  });

  it('rejects if the port is taken', async () => {
    await expect(startControl(sandbox, { port: control.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('describes every route in OpenAPI, with examples of request bodies', async () => {
    const { body } = await api.call('GET', '/openapi.json');
    const { openapi, paths, components } = body as Document;
    expect(openapi).toBe('3.1.0');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
    expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining(documentedRoutes));
    for (const { operation } of operations) {
      expect(operation).toMatchObject({
        operationId: expect.any(String),
        summary: expect.any(String),
        tags: [expect.any(String)],
      });
      const schema = operation.requestBody?.content['application/json']?.schema;
      const examples = schema && components.schemas[schema.$ref?.split('/').at(-1) ?? '']?.examples;
      expect(schema === undefined || (examples?.length ?? 0) > 0).toBe(true);
    }
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(new Set(references)).toEqual(new Set(Object.keys(components.schemas)));
  });

  it('serves its documentation without loading anything from other hosts', async () => {
    const { status, body, headers } = await api.call('GET', '/docs/');
    expect(status).toBe(200);
    expect(String(body)).not.toMatch(/(src|href)="https?:/);
    expect(headers.get('content-security-policy')).toMatch("default-src 'self'");
  });
});

describe('a restart through the control API', () => {
  it('disconnects clients and keeps the state', async () => {
    const directory = await temporaryDirectory();
    const options = { stateFile: `${directory.path}/state.json` };
    let sandbox = await startSandbox(options);
    let [down, refused] = [false, false];
    const control = await startControl(sandbox, {
      restart: async (running) => {
        await running.stop();
        down = true;
        await waitUntil('the second restart is refused', () => refused);
        return (sandbox = await startSandbox({ ...options, port: running.port }));
      },
    });
    const api = new Api(control.url);
    const { phone, client } = await linkedPhone(sandbox, 'Shop');
    const restarted = api.call('POST', '/restart', {});
    await waitUntil('the sandbox is down', () => down);
    const second = await api.call('POST', '/restart');
    refused = true;
    const answer = await restarted;
    expect([second.status, second.body]).toMatchObject([409, { code: 'restarting' }]);
    expect([answer.status, answer.body]).toMatchObject([200, { status: 'ok', phones: 1, connections: 0 }]);
    await client.closed();
    await client.reconnect();
    expect((await api.call('GET', `/phones/${phone.number}`)).body).toMatchObject({ devices: [{ connected: true }] });
    await client.disconnect();
    await control.stop();
    await sandbox.stop();
    await directory.remove();
  });
});
