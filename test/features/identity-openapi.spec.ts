import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { operations } from '../support/http-operations.js';
import { startHttp, type HttpService } from '../support/http.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: HttpService;
let document: OpenAPIObject;

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startHttp(directory.path);
  document = (await service.call('GET /openapi.json')).body as OpenAPIObject;
});

afterAll(async () => {
  await service.app.close();
  await directory.remove();
});

type Response = {
  readonly content?: {
    readonly [type: string]: {
      readonly schema: { readonly $ref: string };
      readonly examples?: {
        readonly [code: string]: { readonly value: { readonly code: string; readonly status: number } };
      };
    };
  };
};

const schemas = () => document.components?.schemas as { readonly [name: string]: Record<string, unknown> };

/** Whether a value is what a schema of the document describes. */
const fits = (name: string, value: unknown): boolean => {
  const json = JSON.parse(JSON.stringify(schemas()).replaceAll('#/components/schemas/', '#/$defs/')) as typeof schemas;
  const schema = z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs: json } as never);
  return schema.safeParse(value).success;
};

describe('the OpenAPI document', () => {
  it('is of version 3.1, names every operation once, and points nowhere outside', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    const known = Object.keys(schemas()).map((name) => `"$ref":"#/components/schemas/${name}"`);
    expect(references.filter((reference) => !known.includes(reference))).toEqual([]);
  });

  it('has an example for each body and answer, which fits', () => {
    for (const { name, body, path, method, successes } of operations(document)) {
      const responses = document.paths[path]?.[method.toLowerCase() as 'get']?.responses as {
        readonly [s: string]: Response;
      };
      const answered = successes
        .map((status) => responses[status]?.content?.['application/json']?.schema.$ref.split('/').at(-1))
        .filter((schema) => schema !== undefined);
      for (const schema of [...answered, ...(body === undefined ? [] : [body])]) {
        const { example } = schemas()[schema] ?? {};
        expect([name, schema, example]).toEqual([name, schema, expect.anything()]);
        expect([name, schema, fits(schema, example)]).toEqual([name, schema, true]);
        expect([name, schema, fits(schema, { ...(example as object), '#': 1 })]).toEqual([name, schema, false]);
      }
    }
  });

  it('has an example for each problem, with its code and status', () => {
    for (const { name, path, method } of operations(document)) {
      const responses = document.paths[path]?.[method.toLowerCase() as 'get']?.responses as {
        readonly [s: string]: Response;
      };
      for (const [status, response] of Object.entries(responses).filter(([status]) => status >= '400')) {
        const examples = Object.entries(response.content?.['application/problem+json']?.examples ?? {});
        expect([name, status, examples.length]).not.toEqual([name, status, 0]);
        for (const [code, { value }] of examples) expect([value.code, value.status]).toEqual([code, Number(status)]);
      }
    }
  });

  it('says how to authenticate', () => {
    expect(document.components?.securitySchemes).toMatchObject({
      apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      admin: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    });
    expect(document.paths['/v1/limits']?.get?.security).toEqual([{ apiKey: [] }]);
    expect(document.paths['/v1/admin/users']?.post?.security).toEqual([{ admin: [] }]);
    expect(document.paths['/v1/admin/auth/login']?.post?.security).toEqual([]);
  });
});

describe('the documentation', () => {
  it.each(['/docs', '/redoc'])(
    'at %s loads nothing from elsewhere, and nothing that its policy forbids',
    async (page) => {
      const answer = await service.call(`GET ${page}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toContain('text/html');
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("script-src 'self'");
      const sources = [...answer.text.matchAll(/(?:src|href|spec-url)=['"]([^'"#]+)['"]/g)].map(
        ([, source]) => source ?? '',
      );
      expect(sources.length).toBeGreaterThan(1);
      expect(answer.text).not.toMatch(/<script>|javascript:| on\w+=/);
      for (const source of sources) {
        expect(source).not.toMatch(/^(https?:)?\/\//);
        const { pathname } = new URL(source, `http://localhost${page}`);
        expect([pathname, (await service.call(`GET ${pathname}`)).status]).toEqual([pathname, 200]);
      }
    },
  );
});

describe('every answer', () => {
  it('tells a browser to be careful', async () => {
    const { headers } = await service.call('GET /v1/limits');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'x-request-id': expect.any(String),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});
