import type { BinaryNode } from '@whiskeysockets/baileys/lib/WABinary/index.js';
import { DOUBLE_BYTE_TOKENS, SINGLE_BYTE_TOKENS, TAGS } from '@whiskeysockets/baileys/lib/WABinary/constants.js';

/** Far more than any stanza has. Keeps recursion over nodes from overflowing the stack. */
const maxDepth = 24;
const maxNodes = 2 ** 16;
const maxAttributeLength = 4_096;

const serverByDomain = new Map([
  [1, 'lid'],
  [128, 'hosted'],
  [129, 'hosted.lid'],
]);
const nibbles = Buffer.from('0123456789-.');
const hexDigits = Buffer.from('0123456789ABCDEF');
const filler = 15;
const unpacked = Buffer.alloc(2 * TAGS.PACKED_MAX);

function unpack(characters: Uint8Array, value: number): number {
  const character = characters[value] ?? (value === filler ? 0 : undefined);
  if (character === undefined) throw new Error(`invalid packed character ${value}`);
  return character;
}

/** Decodes one node. Throws if it is malformed; ignores bytes after it. */
export const readNode = (bytes: Buffer): BinaryNode => new NodeReader(bytes).node(0);

class NodeReader {
  #position = 0;
  #nodes = 0;

  constructor(private readonly bytes: Buffer) {}

  node(depth: number): BinaryNode {
    if (depth > maxDepth) throw new Error('node is nested too deeply');
    if (++this.#nodes > maxNodes) throw new Error('too many nodes');
    const size = this.#listSize(this.#byte());
    const tag = this.#string(this.#byte());
    if (size === 0 || tag === '') throw new Error('node without a tag');
    const attrs: BinaryNode['attrs'] = {};
    for (let left = (size - 1) >> 1; left > 0; left--) {
      const name = this.#attribute(this.#string(this.#byte()));
      attrs[name] = this.#attribute(this.#string(this.#byte()));
    }
    return size % 2 === 0 ? { tag, attrs, content: this.#content(depth) } : { tag, attrs };
  }

  #content(depth: number): NonNullable<BinaryNode['content']> {
    const tag = this.#byte();
    switch (tag) {
      case TAGS.LIST_EMPTY:
      case TAGS.LIST_8:
      case TAGS.LIST_16: {
        const nodes: BinaryNode[] = [];
        for (let left = this.#listSize(tag); left > 0; left--) nodes.push(this.node(depth + 1));
        return nodes;
      }
      case TAGS.BINARY_8:
        return this.#take(this.#byte());
      case TAGS.BINARY_20:
        return this.#take(this.#integer(3) & 0xfffff);
      case TAGS.BINARY_32:
        return this.#take(this.#integer(4));
      default:
        return this.#string(tag);
    }
  }

  #attribute(text: string): string {
    if (text.length > maxAttributeLength) throw new Error('attribute is too long');
    return text;
  }

  #listSize(tag: number): number {
    if (tag === TAGS.LIST_EMPTY) return 0;
    if (tag === TAGS.LIST_8) return this.#byte();
    if (tag === TAGS.LIST_16) return this.#integer(2);
    throw new Error(`invalid list tag ${tag}`);
  }

  #string(tag: number): string {
    switch (tag) {
      case TAGS.JID_PAIR: {
        const user = this.#plain(this.#byte());
        const server = this.#plain(this.#byte());
        if (server === '') throw new Error('jid without a server');
        return `${user}@${server}`;
      }
      case TAGS.AD_JID: {
        const server = serverByDomain.get(this.#byte()) ?? 's.whatsapp.net';
        const device = this.#byte();
        const user = this.#plain(this.#byte());
        return device === 0 ? `${user}@${server}` : `${user}:${device}@${server}`;
      }
      default:
        return this.#plain(tag);
    }
  }

  /** A string that is not a jid. The parts of a jid must be such strings. */
  #plain(tag: number): string {
    switch (tag) {
      case TAGS.LIST_EMPTY:
        return '';
      case TAGS.BINARY_8:
        return this.#text(this.#byte());
      case TAGS.BINARY_20:
        return this.#text(this.#integer(3) & 0xfffff);
      case TAGS.BINARY_32:
        return this.#text(this.#integer(4));
      case TAGS.NIBBLE_8:
        return this.#packed(nibbles);
      case TAGS.HEX_8:
        return this.#packed(hexDigits);
      default:
        return this.#token(tag);
    }
  }

  #token(tag: number): string {
    const double = tag >= TAGS.DICTIONARY_0 && tag <= TAGS.DICTIONARY_3;
    const token = double ? DOUBLE_BYTE_TOKENS[tag - TAGS.DICTIONARY_0]?.[this.#byte()] : SINGLE_BYTE_TOKENS[tag];
    if (token === undefined) throw new Error(`unknown token ${tag}`);
    return token ?? '';
  }

  /** Two characters per byte; if their number is odd, the last one is a filler. */
  #packed(characters: Uint8Array): string {
    const start = this.#byte();
    const length = start & 0x7f;
    for (let index = 0; index < length; index++) {
      const pair = this.#byte();
      unpacked[2 * index] = unpack(characters, pair >> 4);
      unpacked[2 * index + 1] = unpack(characters, pair & 0xf);
    }
    return unpacked.toString('latin1', 0, 2 * length - (start > 0x7f ? 1 : 0));
  }

  #text(length: number): string {
    const start = this.#skip(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  #take(length: number): Buffer {
    const start = this.#skip(length);
    return this.bytes.subarray(start, start + length);
  }

  #byte(): number {
    return this.bytes[this.#skip(1)] ?? 0;
  }

  #integer(length: number): number {
    return this.bytes.readUIntBE(this.#skip(length), length);
  }

  #skip(length: number): number {
    const start = this.#position;
    if (start + length > this.bytes.length) throw new Error('unexpected end of node');
    this.#position = start + length;
    return start;
  }
}
