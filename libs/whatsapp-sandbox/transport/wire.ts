import { inflateSync } from 'node:zlib';
import { proto } from '@whiskeysockets/baileys/WAProto/index.js';
import type { BinaryNode } from '@whiskeysockets/baileys/lib/WABinary/index.js';
import { readNode } from './node-reader.js';
import { writeNode } from './node-writer.js';

export { proto, type BinaryNode };

const compressedFlag = 2;

/** Decodes a node. Throws if it is malformed or decompresses to more than `maxBytes`. */
export function decodeNode(bytes: Buffer, maxBytes: number): BinaryNode {
  const body = bytes.subarray(1);
  const compressed = ((bytes[0] ?? 0) & compressedFlag) !== 0;
  return readNode(compressed ? inflateSync(body, { maxOutputLength: maxBytes }) : body);
}

export const encodeNode = writeNode;

export type Attrs = { readonly [name: string]: string | undefined };
type Content = readonly BinaryNode[] | string | Uint8Array;

/** Builds a node; undefined attributes are omitted. */
export function el(tag: string, attrs: Attrs = {}, content?: Content): BinaryNode {
  const present: BinaryNode['attrs'] = {};
  for (const name of Object.keys(attrs)) {
    const value = attrs[name];
    if (value !== undefined) present[name] = value;
  }
  if (content === undefined) return { tag, attrs: present };
  return {
    tag,
    attrs: present,
    content: Array.isArray(content) ? [...(content as BinaryNode[])] : (content as string),
  };
}

export const children = (node: BinaryNode | undefined, tag?: string): readonly BinaryNode[] => {
  if (!Array.isArray(node?.content)) return [];
  return tag === undefined ? node.content : node.content.filter((child) => child.tag === tag);
};

export const child = (node: BinaryNode | undefined, tag: string): BinaryNode | undefined =>
  Array.isArray(node?.content) ? node.content.find((candidate) => candidate.tag === tag) : undefined;

/** The byte content of a node; empty if there is none. */
export const nodeBytes = (node: BinaryNode | undefined): Buffer =>
  node?.content instanceof Uint8Array
    ? Buffer.from(node.content.buffer, node.content.byteOffset, node.content.byteLength)
    : Buffer.from(typeof node?.content === 'string' ? node.content : '');

export const childBytes = (node: BinaryNode | undefined, tag: string): Buffer => nodeBytes(child(node, tag));
export const nodeText = (node: BinaryNode | undefined): string => nodeBytes(node).toString('utf8');

export const bigEndian = (value: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
};

export const readBigEndian = (bytes: Buffer): number =>
  bytes.length > 0 && bytes.length <= 6 ? bytes.readUIntBE(0, bytes.length) : 0;
