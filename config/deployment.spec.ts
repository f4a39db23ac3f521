import { describe, expect, it } from '@jest/globals';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { variables } from './config.js';

type Service = {
  readonly build?: unknown;
  readonly profiles: readonly string[];
  readonly environment?: { readonly [name: string]: unknown };
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly [property: string]: unknown;
};

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: { readonly [name: string]: Service };
  readonly networks: { readonly [name: string]: { readonly internal?: boolean } };
};
const services = Object.entries(compose.services).map(([name, service]) => ({ name, service }));
const ours = services.filter(({ service }) => service.build !== undefined);
const stores = services.filter(({ service }) => service.build === undefined);

describe('the Dockerfile', () => {
  it('has no fault that a linter knows', () => {
    expect(validate(readFileSync('config/Dockerfile', 'utf8'))).toEqual([]);
  });

  it('is given nothing but what the image is made from', () => {
    const [everything, ...but] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(everything).toBe('*');
    expect(but.every((line) => line.startsWith('!'))).toBe(true);
    expect(but.filter((line) => /data|backups|\.env|\.git|node_modules|dist|test|^!\.$|\*/.test(line))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  it('fits the schema of Compose, and has no fault that a linter knows', () => {
    const order = ['service-keys-order', 'services-alphabetical-order', 'top-level-properties-order'];
    const rules = Object.fromEntries(order.map((rule) => [rule, 0 as const]));
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    expect(linter.lintFiles(['docker-compose.yml'], false)).toMatchObject([{ messages: [] }]);
  });

  it('runs the service alone, with its stores, or with the sandbox', () => {
    expect(new Set(services.flatMap(({ service }) => service.profiles))).toEqual(
      new Set(['embedded', 'scaled', 'sandbox']),
    );
    const of = (profile: string) =>
      services.filter(({ service }) => service.profiles.includes(profile)).map(({ name }) => name);
    expect(of('embedded')).toEqual(['embedded']);
    expect(of('sandbox')).toEqual(['with-sandbox', 'sandbox']);
    expect(of('scaled')).toEqual(['scaled', ...stores.map(({ name }) => name)]);
  });

  it.each(ours)('gives $name only variables that Waybill reads', ({ service }) => {
    expect(Object.keys(variables.shape)).toEqual(expect.arrayContaining(Object.keys(service.environment ?? {})));
  });

  it.each(ours)('lets $name write to nothing but its data, without any right of root', ({ service }) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it.each(services)('limits what $name may use, and starts it again', ({ service }) => {
    expect(service).toMatchObject({
      mem_limit: expect.any(String),
      cpus: expect.any(Number),
      logging: { driver: 'local' },
      restart: 'unless-stopped',
      stop_grace_period: '1m',
    });
  });

  it.each(ours)('opens the port of $name on this machine only', ({ service }) => {
    expect(service.ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  it.each(stores)('opens no port of $name, which only the service reaches', ({ service }) => {
    expect(service.ports).toBeUndefined();
    expect(service.networks).toEqual(['stores']);
    expect(compose.networks['stores']?.internal).toBe(true);
    expect(service['healthcheck']).toBeDefined();
    expect(service['volumes']).toBeDefined();
  });
});
