import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { beforeEach, expect, it } from '@jest/globals';
import SpecEnvironment from './spec-environment.config.js';

let environment: SpecEnvironment;
let timers: typeof globalThis;

beforeEach(async () => {
  const projectConfig = { testEnvironmentOptions: {}, globals: {}, fakeTimers: {} };
  const parameters = [{ projectConfig }, {}] as unknown as ConstructorParameters<typeof SpecEnvironment>;
  environment = new SpecEnvironment(...parameters);
  await environment.setup();
  timers = environment.global as unknown as typeof globalThis;
});

it('has timers as Node has', async () => {
  const ran: string[] = [];
  timers.clearTimeout(timers.setTimeout(() => ran.push('cleared'), 1));
  timers.clearTimeout(undefined);
  timers.setTimeout((...given: unknown[]) => ran.push(`with ${given.join(' and ')}`), 1, 'one', 'two');
  expect(await promisify(timers.setTimeout)(10, 'three')).toBe('three');
  expect(ran).toEqual(['with one and two']);
  await environment.teardown();
});

it('ends what a spec has left running', async () => {
  let runs = 0;
  timers.setTimeout(() => (runs += 1), 1);
  timers.setInterval(() => (runs += 1), 1);
  await environment.teardown();
  await delay(20); // both would have run before
  expect(runs).toBe(0);
});

it('keeps nothing of the calls that a spec has made', async () => {
  const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text();
  server.close();
  while (performance.getEntriesByType('resource').length === 0) await delay(1);
  await environment.teardown();
  expect(performance.getEntriesByType('resource')).toEqual([]);
});

it('gives the clock back', async () => {
  const before = performance.now();
  performance.now = () => -1;
  await environment.teardown();
  expect(performance.now()).toBeGreaterThanOrEqual(before);
});

it('disables the asynchronous contexts that a spec has used', async () => {
  const storage = new AsyncLocalStorage<string>();
  await storage.run('within', async () => {
    expect(storage.getStore()).toBe('within');
    await environment.teardown();
    expect(storage.getStore()).toBeUndefined();
  });
  const methods = () => Object.getOwnPropertyDescriptors(AsyncLocalStorage.prototype);
  const before = methods();
  await environment.setup();
  expect(methods()).not.toEqual(before);
  await environment.teardown();
  expect(methods()).toEqual(before);
});

it('compiles a module for each realm as Node does, also where it was compiled before', () => {
  const load = (source: string): unknown => {
    const parsingContext = vm.createContext({});
    const run = vm.compileFunction(source, ['module', 'exports'], { filename: '/tmp/a-module.js', parsingContext });
    const module = { exports: {} };
    run.call(module.exports, module, module.exports);
    return module.exports;
  };
  const failing = "'use strict'; exports.thrown = new Error(String(this === exports)); // the end";
  const thrown = [load(failing), load(failing)].map((exports) => (exports as { readonly thrown: Error }).thrown);
  for (const error of thrown) {
    expect(error.stack).toMatch(/^Error: true\n +at .*\/tmp\/a-module\.js:1:32/);
    expect(error).not.toBeInstanceOf(Error);
  }
  expect(Object.getPrototypeOf(thrown[0])).not.toBe(Object.getPrototypeOf(thrown[1]));
  expect(load('module.exports = 1')).toBe(1);
  expect(load('module.exports = 2')).toBe(2);
});
