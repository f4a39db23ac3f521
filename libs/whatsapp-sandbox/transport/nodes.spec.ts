import { describe, expect, it } from '@jest/globals';
import {
  decodeDecompressedBinaryNode,
  encodeBinaryNode,
  type BinaryNode,
} from '@whiskeysockets/baileys/lib/WABinary/index.js';
import * as tokens from '@whiskeysockets/baileys/lib/WABinary/constants.js';
import * as fc from 'fast-check';
import { readNode } from './node-reader.js';
import { writeNode } from './node-writer.js';

const readByClient = (bytes: Buffer): BinaryNode => decodeDecompressedBinaryNode(bytes.subarray(1), tokens);
const readByServer = (bytes: Buffer): BinaryNode => readNode(bytes.subarray(1));

const digits = fc.stringMatching(/^\d{1,20}$/);
const jid = fc
  .tuple(digits, fc.integer({ min: 0, max: 300 }), fc.constantFrom('s.whatsapp.net', 'lid', 'hosted', 'g.us', 'x'))
  .map(([user, device, server]) => (device === 0 ? `${user}@${server}` : `${user}:${device}@${server}`));
const text = fc.oneof(
  fc.constantFrom(
    'message',
    'read-self',
    'constructor',
    '__proto__',
    '@s.whatsapp.net',
    '',
    'a@',
    '@',
    '1:0@lid',
    'a@b@c',
  ),
  fc.constantFrom(...tokens.SINGLE_BYTE_TOKENS.slice(1), ...tokens.DOUBLE_BYTE_TOKENS.flat()).filter(Boolean),
  jid,
  digits,
  fc.stringMatching(/^[0-9A-F]{1,130}$/),
  fc.stringMatching(/^[0-9.-]{1,130}$/),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);
const { node } = fc.letrec<{ node: BinaryNode }>((tie) => ({
  node: fc.record(
    {
      tag: text.filter((tag) => tag !== ''),
      attrs: fc.dictionary(
        text.filter((name) => name !== '__proto__'),
        text,
        { maxKeys: 4, noNullPrototype: true },
      ),
      content: fc.oneof(
        { maxDepth: 4 },
        fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
        fc.array(tie('node'), { maxLength: 5 }),
      ),
    },
    { requiredKeys: ['tag', 'attrs'], noNullPrototype: true },
  ) as fc.Arbitrary<BinaryNode>,
}));
/** The client's encoder corrupts names of Object.prototype and some jids. */
const isPlain = (value: string): boolean => !(value in {}) && !value.includes('@');
const plain = (each: BinaryNode): boolean =>
  [each.tag, ...Object.entries(each.attrs).flat()].every(isPlain) &&
  (!Array.isArray(each.content) || each.content.every(plain));

describe('nodes', () => {
  it('encoded by the server are decoded unchanged by server and client', () => {
    fc.assert(
      fc.property(node, (each) => {
        const bytes = writeNode(each);
        expect(readByServer(bytes)).toEqual(each);
        expect(readByClient(bytes)).toEqual(each);
      }),
    );
  });

  it('encoded by the client are decoded unchanged by the server, which encodes them to the same bytes', () => {
    fc.assert(
      fc.property(node.filter(plain), (each) => {
        const bytes = encodeBinaryNode(each);
        expect(readByServer(bytes)).toEqual(each);
        expect(writeNode(each)).toEqual(bytes);
      }),
    );
  });

  it('with jids are encoded as by the client', () => {
    for (const address of [
      '4917@s.whatsapp.net',
      '4917:3@s.whatsapp.net',
      '1:2@lid',
      '1@lid',
      '@s.whatsapp.net',
      '1@g.us',
    ]) {
      const each = { tag: 'iq', attrs: { to: address } };
      expect(writeNode(each)).toEqual(encodeBinaryNode(each));
    }
  });

  it('are refused with an error if malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const error = errorOf(() => readByServer(writeNode(readNode(Buffer.from(bytes)))));
        expect(error === undefined || (error instanceof Error && !(error instanceof RangeError))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused if too deep or too many', () => {
    const deep = Buffer.concat([
      ...Array<Buffer>(100_000).fill(Buffer.from([248, 2, 19, 248, 1])),
      Buffer.from([248, 1, 19]),
    ]);
    expect(() => readNode(deep)).toThrow('nested too deeply');
    const list = Buffer.concat([
      Buffer.from([248, 2, 19, 249, 0xff, 0xff]),
      Buffer.alloc(3 * 0xffff, Buffer.from([248, 1, 19])),
    ]);
    expect(readNode(list).content).toHaveLength(0xffff);
    const lists = Buffer.concat([Buffer.from([248, 2, 19, 248, 2]), list, list]);
    expect(() => readNode(lists)).toThrow('too many nodes');
    const address = Buffer.concat([Buffer.from([248, 1]), Buffer.alloc(100_000, 250)]);
    expect(() => readNode(address)).toThrow('unknown token');
    const { content: _, ...leaf } = readNode(list);
    expect(() => writeNode({ ...leaf, content: Array<BinaryNode>(0x10000).fill(leaf) })).toThrow('too long');
  });
});

/** The error that `work` throws, or undefined. */
const errorOf = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};
