import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { guardAgainstOtherOrigins } from './guard.js';

type Headers = { readonly [name: string]: string };

const call = (boundTo: string, headers: Headers, method = 'GET'): Promise<void> =>
  guardAgainstOtherOrigins(boundTo)({ headers, method } as unknown as FastifyRequest);

const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('the guard against other origins', () => {
  it.each([
    ['127.0.0.1', { host: '127.0.0.1:3101' }],
    ['127.0.0.1', { host: 'localhost:3101', origin: 'http://localhost:3101' }],
    ['127.0.0.1', { host: 'localhost:3101', origin: 'http://localhost:3101', 'sec-fetch-site': 'same-origin' }],
    ['127.0.0.1', { host: 'localhost:3101', 'sec-fetch-site': 'none' }],
    ['127.0.0.1', { host: 'localhost:3101', ...link }],
    ['::1', { host: '[::1]:3101', origin: 'http://[::1]:3101' }],
    ['0.0.0.0', { host: 'sandbox.example:3101', origin: 'http://sandbox.example:3101' }],
    ['0.0.0.0', { host: '192.0.2.7:3101' }],
  ])('when bound to %s, accepts %j', async (boundTo, headers) => {
    await expect(call(boundTo, headers)).resolves.toBeUndefined();
  });

  it.each([
    ['127.0.0.1', { host: 'evil.example:3101' }, 'foreign_host'],
    ['127.0.0.1', { host: '127.0.0.1.evil.example' }, 'foreign_host'],
    ['127.0.0.1', {}, 'foreign_host'],
    ['127.0.0.1', { host: '127.0.0.1:3101', origin: 'https://evil.example' }, 'foreign_origin'],
    ['127.0.0.1', { host: '127.0.0.1:3101', origin: 'null' }, 'foreign_origin'],
    ['127.0.0.1', { host: '127.0.0.1:3101', origin: 'http://127.0.0.1:5173' }, 'foreign_origin'],
    ['127.0.0.1', { host: '127.0.0.1:3101', origin: 'http://localhost:3101' }, 'foreign_origin'],
    ['127.0.0.1', { host: '127.0.0.1:3101', 'sec-fetch-site': 'cross-site' }, 'foreign_origin'],
    ['127.0.0.1', { host: '127.0.0.1:3101', 'sec-fetch-site': 'same-site' }, 'foreign_origin'],
    ['127.0.0.1', { host: '127.0.0.1:3101', ...link, 'sec-fetch-dest': 'iframe' }, 'foreign_origin'],
    ['127.0.0.1', { host: '127.0.0.1:3101', ...link, origin: 'https://evil.example' }, 'foreign_origin'],
    ['0.0.0.0', { host: 'sandbox.example:3101', origin: 'https://evil.example' }, 'foreign_origin'],
    ['0.0.0.0', { host: 'sandbox.example:3101', origin: 'http://localhost:3101' }, 'foreign_origin'],
  ])('when bound to %s, refuses %j with %s', async (boundTo, headers, code) => {
    await expect(call(boundTo, headers)).rejects.toMatchObject({ status: 403, code });
  });

  it('refuses a form that another site posts', async () => {
    await expect(call('127.0.0.1', { host: '127.0.0.1:3101', ...link }, 'POST')).rejects.toMatchObject({ status: 403 });
  });
});
