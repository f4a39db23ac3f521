import type { BinaryNode } from '@whiskeysockets/baileys/lib/WABinary/index.js';
import { DOUBLE_BYTE_TOKENS, SINGLE_BYTE_TOKENS, TAGS } from '@whiskeysockets/baileys/lib/WABinary/constants.js';

type Token = { readonly dictionary?: number; readonly index: number };

const tokensByText = new Map<string, Token>();
SINGLE_BYTE_TOKENS.forEach((token, index) => {
  if (token) tokensByText.set(token, { index });
});
DOUBLE_BYTE_TOKENS.forEach((tokens, dictionary) =>
  tokens.forEach((token, index) => tokensByText.set(token, { dictionary: TAGS.DICTIONARY_0 + dictionary, index })),
);
const domainByServer = new Map([
  ['s.whatsapp.net', 0],
  ['lid', 1],
  ['hosted', 128],
  ['hosted.lid', 129],
]);
const filler = 15;
const notPacked = 0xff;
const initialBufferBytes = 4_096;
const maxListLength = 0xffff;

/** Encodes a node. Throws if a list is too long. */
export function writeNode(node: BinaryNode): Buffer {
  writer.start();
  writer.node(node);
  return writer.finish();
}

class NodeWriter {
  #bytes = Buffer.allocUnsafe(initialBufferBytes);
  #length = 0;

  start(): void {
    this.#length = 0;
    this.#byte(0); // not compressed
  }

  finish = (): Buffer => Buffer.from(this.#bytes.subarray(0, this.#length));

  node({ tag, attrs, content }: BinaryNode): void {
    const names = Object.keys(attrs).filter((name) => attrs[name] !== undefined);
    this.#list(1 + 2 * names.length + (content === undefined ? 0 : 1));
    this.#string(tag);
    for (const name of names) {
      this.#string(name);
      this.#string(attrs[name] ?? '');
    }
    if (typeof content === 'string') this.#string(content);
    else if (Array.isArray(content)) {
      this.#list(content.length);
      for (const child of content) this.node(child);
    } else if (content !== undefined) {
      this.#binary(content.length);
      this.#room(content.length);
      this.#bytes.set(content, this.#length);
      this.#length += content.length;
    }
  }

  #string(text: string): void {
    const at = text.indexOf('@');
    if (at < 0 || tokensByText.has(text)) return this.#plain(text);
    const [user, server] = [text.slice(0, at), text.slice(at + 1)];
    if (server === '') return this.#raw(text);
    const domain = domainByServer.get(server);
    const colon = domain === undefined ? -1 : user.indexOf(':');
    const device = colon < 0 ? 0 : Number(user.slice(colon + 1));
    if (domain !== undefined && device > 0 && device < 256 && String(device) === user.slice(colon + 1)) {
      this.#byte(TAGS.AD_JID);
      this.#byte(domain);
      this.#byte(device);
      this.#plain(user.slice(0, colon));
    } else {
      this.#byte(TAGS.JID_PAIR);
      if (user === '') this.#byte(TAGS.LIST_EMPTY);
      else this.#plain(user);
      this.#plain(server);
    }
  }

  #plain(text: string): void {
    const token = tokensByText.get(text);
    if (token) {
      if (token.dictionary !== undefined) this.#byte(token.dictionary);
      return this.#byte(token.index);
    }
    const packed = packing(text);
    if (packed) this.#packed(packed, text);
    else this.#raw(text);
  }

  #packed({ tag, table }: Packing, text: string): void {
    const odd = text.length % 2;
    this.#byte(tag);
    this.#byte(((text.length + odd) >> 1) | (odd << 7));
    for (let index = 0; index < text.length; index += 2) {
      const low = index + 1 < text.length ? (table[text.charCodeAt(index + 1)] ?? 0) : filler;
      this.#byte(((table[text.charCodeAt(index)] ?? 0) << 4) | low);
    }
  }

  #raw(text: string): void {
    const length = Buffer.byteLength(text);
    this.#binary(length);
    this.#room(length);
    this.#bytes.write(text, this.#length);
    this.#length += length;
  }

  #binary(length: number): void {
    if (length < 2 ** 8) {
      this.#byte(TAGS.BINARY_8);
      this.#integer(length, 1);
    } else if (length < 2 ** 20) {
      this.#byte(TAGS.BINARY_20);
      this.#integer(length, 3);
    } else {
      this.#byte(TAGS.BINARY_32);
      this.#integer(length, 4);
    }
  }

  #list(length: number): void {
    if (length > maxListLength) throw new RangeError(`a list of ${length} items is too long`);
    if (length === 0) return this.#byte(TAGS.LIST_EMPTY);
    const short = length < 256;
    this.#byte(short ? TAGS.LIST_8 : TAGS.LIST_16);
    this.#integer(length, short ? 1 : 2);
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  #integer(value: number, length: number): void {
    this.#room(length);
    this.#length = this.#bytes.writeUIntBE(value, this.#length, length);
  }

  #room(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const writer = new NodeWriter();

/** Packed value by character code. */
const codes = (alphabet: string): Uint8Array => {
  const table = new Uint8Array(128).fill(notPacked);
  for (let index = 0; index < alphabet.length; index++) table[alphabet.charCodeAt(index)] = index;
  return table;
};

type Packing = { readonly tag: number; readonly table: Uint8Array };
const packings: readonly Packing[] = [
  { tag: TAGS.NIBBLE_8, table: codes('0123456789-.') },
  { tag: TAGS.HEX_8, table: codes('0123456789ABCDEF') },
];

const isOf = (table: Uint8Array, text: string): boolean => {
  for (let index = 0; index < text.length; index++) {
    if ((table[text.charCodeAt(index)] ?? notPacked) === notPacked) return false;
  }
  return true;
};

/** The packing for a text; undefined if it cannot be packed. */
function packing(text: string): Packing | undefined {
  if (text === '' || text.length > TAGS.PACKED_MAX) return undefined;
  return packings.find(({ table }) => isOf(table, text));
}
