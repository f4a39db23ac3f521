import { createHash } from 'node:crypto';
import type { Progress } from './log-copy.js';

type Checked = { readonly values: number; readonly sum: bigint };

/** Values as they pass by: how many, and the sum of their SHA-256, which does not depend on their order. */
export class Checksum {
  private values = 0;
  private sum = 0n;

  constructor(
    private readonly progress: Progress,
    private readonly what: string,
  ) {}

  *of<Value extends object>(values: Iterable<Value>): Generator<Value> {
    for (const value of values) {
      this.add(value);
      yield value;
    }
  }

  async *ofAll<Value extends object>(values: AsyncIterable<Value>): AsyncGenerator<Value> {
    for await (const value of values) {
      this.add(value);
      yield value;
    }
  }

  get result(): Checked {
    return { values: this.values, sum: this.sum };
  }

  private add(value: object): void {
    const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify(
      fields.map(([name, one]) => [name, one instanceof Uint8Array ? hex(one) : (one as unknown)]),
    );
    const hash = createHash('sha256').update(text).digest('hex');
    this.sum = BigInt.asUintN(256, this.sum + BigInt(`0x${hash}`));
    this.values += 1;
    this.progress(this.values, this.what);
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
