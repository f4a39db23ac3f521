const keyBytes = 32;
/** Longest message that fits into one hash block with its padding. */
export const maxShortHmacBytes = 55;
const blockBits = 512;

/**
 * HMAC-SHA-256 with a 32-byte key for messages of at most `maxShortHmacBytes`, in plain JavaScript. For such input Node's HMAC
 * spends several times longer on setup than on hashing, and Signal needs seven of them per message.
 */
export class ShortHmac {
  readonly #inner = new Int32Array(8);
  readonly #outer = new Int32Array(8);

  constructor(key: Uint8Array) {
    if (key.length !== keyBytes) throw new RangeError(`the key has ${key.length} bytes, expected ${keyBytes}`);
    startWith(this.#inner, key, 0x36363636);
    startWith(this.#outer, key, 0x5c5c5c5c);
  }

  digest(message: Uint8Array): Buffer {
    const { length } = message;
    if (length > maxShortHmacBytes)
      throw new RangeError(`the message has ${length} bytes, at most ${maxShortHmacBytes} are supported`);
    block.fill(0, 0, 16);
    for (let index = 0; index < length; index++) block[index >> 2]! |= message[index]! << (24 - 8 * (index & 3));
    block[length >> 2]! |= 0x80 << (24 - 8 * (length & 3));
    block[15] = blockBits + 8 * length;
    state.set(this.#inner);
    compress();

    block.fill(0, 8, 16);
    block.set(state);
    block[8] = 0x80 << 24;
    block[15] = blockBits + 8 * keyBytes;
    state.set(this.#outer);
    compress();
    const digest = Buffer.allocUnsafe(32);
    for (let index = 0; index < 8; index++) digest.writeInt32BE(state[index]!, 4 * index);
    return digest;
  }
}

function startWith(target: Int32Array, key: Uint8Array, pad: number): void {
  for (let index = 0, at = 0; index < 8; index++) {
    block[index] = ((key[at++]! << 24) | (key[at++]! << 16) | (key[at++]! << 8) | key[at++]!) ^ pad;
  }
  block.fill(pad, 8, 16);
  state.set(initialState);
  compress();
  target.set(state);
}

const primes = (count: number): number[] => {
  const found: number[] = [];
  for (let value = 2; found.length < count; value++) if (found.every((prime) => value % prime !== 0)) found.push(value);
  return found;
};
const fraction = (value: number): number => ((value % 1) * 2 ** 32) | 0;
const initialState = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));
const roundConstants = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
const state = new Int32Array(8);
const block = new Int32Array(64);

/** SHA-256 compression function: folds the first 16 words of `block` into `state`. */
function compress(): void {
  for (let i = 16; i < 64; i++) {
    const x = block[i - 15]!;
    const y = block[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    block[i] = block[i - 16]! + s0 + block[i - 7]! + s1;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[i]! + block[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}
