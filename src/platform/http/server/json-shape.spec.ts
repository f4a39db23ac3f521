import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { jsonLimitExceeded } from './json-shape.js';

const exceeded = (body: unknown, maxDepth: number, maxKeys: number) =>
  jsonLimitExceeded(JSON.stringify(body), { maxDepth, maxKeys }) !== undefined;

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
const keysOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, inner) => sum + keysOf(inner), own);
};

describe('the limits of a JSON body', () => {
  it('are exact, whatever strings are in it', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('{[":', '\\', '\\"', '"'));
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.array(tie('value')),
        fc.dictionary(text, tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(json, (body) => {
        const [depth, keys] = [depthOf(body), keysOf(body)];
        expect(exceeded(body, depth, keys)).toBe(false);
        expect(exceeded(body, depth - 1, keys)).toBe(depth > 0);
        expect(exceeded(body, depth, keys - 1)).toBe(keys > 0);
      }),
    );
  });

  it('leave text that is not JSON to the parser', () => {
    for (const text of ['', '"', '"\\', '}}', 'null']) {
      expect(jsonLimitExceeded(text, { maxDepth: 1, maxKeys: 1 })).toBeUndefined();
    }
  });
});
