import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { guardAgainstOtherOrigins } from './guard.js';

const call = (boundTo: string, headers: { host?: string; origin?: string }): Promise<void> =>
  guardAgainstOtherOrigins(boundTo)({ headers } as FastifyRequest);

describe('the guard against other origins', () => {
  it.each([
    ['127.0.0.1', { host: '127.0.0.1:3101' }],
    ['127.0.0.1', { host: 'localhost:3101', origin: 'http://localhost:3101' }],
    ['127.0.0.1', { host: 'localhost', origin: 'http://127.0.0.1:5173' }],
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
    ['0.0.0.0', { host: 'sandbox.example:3101', origin: 'https://evil.example' }, 'foreign_origin'],
    ['0.0.0.0', { host: 'sandbox.example:3101', origin: 'http://localhost:3101' }, 'foreign_origin'],
  ])('when bound to %s, refuses %j with %s', async (boundTo, headers, code) => {
    await expect(call(boundTo, headers)).rejects.toMatchObject({ status: 403, code });
  });
});
