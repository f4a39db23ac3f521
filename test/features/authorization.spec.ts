import { Controller, Get, Module } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '#config';
import { createApp } from '../../src/app.js';
import { AccessModule } from '../../src/platform/http/access.module.js';
import { Scope, type Permission } from '../../src/platform/http/access.contract.js';
import { PlatformModule } from '../../src/platform/platform.module.js';
import { openStores } from '../../src/platform/stores.js';
import { exampleBody, operations, type Operation } from '../support/http-operations.js';
import { startHttp, type Call, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let document: OpenAPIObject;

const roles = ['owner', 'admin', 'auditor'] as const;
const password = 'a long enough one';

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  const token = await service.logIn();
  for (const role of roles) {
    const body = { email: `${role}@example.com`, password, role };
    await service.call('POST /v1/admin/admins', { token, body });
  }
  document = (await service.call('GET /openapi.json')).body as OpenAPIObject;
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

/** A user's key with these scopes, and no limit that is in the way. */
const keyWith = async (scopes: readonly Scope[]): Promise<string> => {
  const token = await service.logIn();
  const email = `${scopes.length}-${Math.random()}@example.com`;
  const user = await service.call('POST /v1/admin/users', {
    token,
    body: { name: 'K', email, limits: { requestsPerMinute: 100_000 } },
  });
  const key = await service.call(`POST /v1/admin/users/${user.body.id}/api-keys`, {
    token,
    body: { name: 'k', scopes },
  });
  return key.body.secret;
};

const tokenOf = (role: (typeof roles)[number]) => service.logIn({ email: `${role}@example.com`, password });

/** Answers what was made before where the same is asked for again. */
const remembered = <Args extends readonly unknown[]>(make: (...args: Args) => Promise<string>) => {
  const made = new Map<string, Promise<string>>();
  return (...args: Args): Promise<string> => {
    const name = JSON.stringify(args);
    const one = made.get(name) ?? make(...args);
    made.set(name, one);
    return one;
  };
};

const nobody = '0199a3c4-1f00-7000-8000-00000000dead';

const ask = (operation: Operation, credentials: Call) => {
  const path = operation.path.replaceAll(/\{\w+\}/g, nobody);
  const url = operation.streams ? `${path}?after=999999999` : path; // a refusal ends
  return service.call(`${operation.method} ${url}`, { ...credentials, body: exampleBody(document, operation) });
};

const mayDo: { readonly [permission: string]: readonly string[] } = {
  'admin:self': ['owner', 'admin', 'auditor'],
  'admin:read': ['owner', 'admin', 'auditor'],
  'admin:write': ['owner', 'admin'],
  'admin:own': ['owner'],
};

const isScope = (permission: Permission): permission is Scope => Scope.safeParse(permission).success;

describe('every route', () => {
  it('is in the document, with a permission, a summary, and an answer that is described', () => {
    const scanner = new MetadataScanner();
    const routes = service.app
      .get(DiscoveryService, { strict: false })
      .getControllers()
      .flatMap(({ instance }) => {
        const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
        return scanner
          .getAllMethodNames(prototype)
          .filter((name) => Reflect.getMetadata(PATH_METADATA, prototype[name] ?? {}) !== undefined);
      });
    const documented = operations(document);
    expect(documented).toHaveLength(routes.length);
    expect(documented.length).toBeGreaterThan(15);
    for (const { permission, summary, path, successes } of documented) {
      expect({ path, permission }).toEqual({ path, permission: expect.any(String) });
      expect({ path, summary }).toEqual({ path, summary: expect.any(String) });
      expect({ path, successes }).not.toEqual({ path, successes: [] });
    }
  });

  it('asks for a scope that a key can have, and keys have no other', () => {
    const asked = operations(document)
      .map(({ permission }) => permission)
      .filter(isScope);
    expect(new Set(asked)).toEqual(new Set(Scope.options));
  });

  it('is for nobody without credentials, or with wrong ones, unless it is open to everyone', async () => {
    const forgedToken = `${(await tokenOf('owner')).slice(0, -3)}abc`;
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forgedToken.split('.')[1]}.`;
    const wrong: readonly Call[] = [
      {},
      { token: 'nonsense' },
      { token: forgedToken },
      { token: unsigned },
      { key: 'nonsense' },
      { key: `wb_${nobody}_${'A'.repeat(43)}` },
      { headers: { authorization: 'Basic cm9vdDpyb290' } },
    ];
    for (const operation of operations(document).filter(({ permission }) => permission !== 'public')) {
      for (const credentials of wrong) {
        const answer = await ask(operation, credentials);
        expect([operation.name, answer.status, answer.body?.code]).toEqual([operation.name, 401, 'unauthorized']);
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    }
  });

  it('for admins is for those roles that have its permission, and for no API key', async () => {
    const key = await keyWith(Scope.options);
    const lastingTokenOf = remembered(tokenOf);
    for (const operation of operations(document).filter(({ permission }) => permission.startsWith('admin:'))) {
      const mayEndLogin = operation.permission === 'admin:self';
      for (const role of roles) {
        const token = await (mayEndLogin ? tokenOf(role) : lastingTokenOf(role));
        const answer = await ask(operation, { token });
        const isAllowed = mayDo[operation.permission]?.includes(role);
        const outcome = [401, 403].includes(answer.status) ? answer.body.code : 'let in';
        expect([operation.name, role, outcome]).toEqual([
          operation.name,
          role,
          isAllowed ? 'let in' : 'permission_missing',
        ]);
      }
      expect([operation.name, (await ask(operation, { key })).status]).toEqual([operation.name, 401]);
    }
  }, 180_000);

  it('for users is for keys that have its scope, and for no admin', async () => {
    const all = await keyWith(Scope.options);
    const token = await tokenOf('owner');
    const forUsers = operations(document).flatMap(({ permission: scope, ...operation }) =>
      isScope(scope) ? [{ ...operation, permission: scope }] : [],
    );
    expect(forUsers).not.toEqual([]);
    const keyWithout = remembered((scope: Scope) => keyWith(Scope.options.filter((each) => each !== scope)));
    for (const operation of forUsers) {
      expect([operation.name, (await ask(operation, { token })).status]).toEqual([operation.name, 401]);
      const answer = await ask(operation, { key: all });
      const isOfAnother = operation.path.includes('{');
      const expected = isOfAnother ? [404] : [200, 201, 202, 204, 400, 409, 422];
      expect(expected.map((status) => `${operation.name} ${status}`)).toContain(`${operation.name} ${answer.status}`);
      const refused = await ask(operation, { key: await keyWithout(operation.permission) });
      expect([operation.name, refused.status, refused.body?.code]).toEqual([operation.name, 403, 'permission_missing']);
    }
  });
});

describe('a route without a permission', () => {
  @Controller('forgotten')
  class ForgottenController {
    @Get('this')
    get(): string {
      return 'open to all';
    }
  }

  @Module({})
  class ForgottenModule {}

  it('keeps the service from starting, and is named', async () => {
    const own = await temporaryDirectory();
    const stores = await openStores({ WAYBILL_DATA_DIR: own.path });
    const config = readConfig({ WAYBILL_DATA_DIR: own.path });
    const logger = pino({ level: 'silent' });
    const root = {
      module: ForgottenModule,
      imports: [PlatformModule.with({ config, logger, stores, contexts: [] }), AccessModule],
      controllers: [ForgottenController],
    };
    const app = await createApp(root, logger);
    await expect(app.init()).rejects.toThrow('ForgottenController.get');
    await app.close();
    await own.remove();
  });
});
