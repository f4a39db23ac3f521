import type { Document } from 'bson';

type Fault = {
  readonly command: string;
  readonly kind: 'drop' | 'lose_answer' | 'not_primary' | 'slow';
  left: number;
  readonly until?: Promise<void>;
};

const notPrimary = { ok: 0, errmsg: 'not primary', code: 10107, codeName: 'NotWritablePrimary' };
const ends = ['commitTransaction', 'abortTransaction'];

/** As a server says it that has just stepped down: the statements of a transaction are not to be repeated alone. */
const notPrimaryTo = (name: string, { autocommit }: Document): Document => {
  const isInside = autocommit === false && !ends.includes(name);
  return { ...notPrimary, errorLabels: [isInside ? 'TransientTransactionError' : 'RetryableWriteError'] };
};

/** What goes wrong at the next commands of a name, or only at those on one collection: `update`, or `update secrets`. */
export class Faults {
  private faults: Fault[] = [];
  private readonly held = new Set<string>();

  /** The connection is closed before the command is run. */
  drop(command: string, count = 1): void {
    this.faults.push({ command, kind: 'drop', left: count });
  }

  /** The command is run, and the connection closed in place of an answer. */
  loseAnswer(command: string, count = 1): void {
    this.faults.push({ command, kind: 'lose_answer', left: count });
  }

  /** The command is refused by a server that has just stepped down. */
  stepDown(command: string, count = 1): void {
    this.faults.push({ command, kind: 'not_primary', left: count });
  }

  /** The command waits; returns what lets it go on. */
  hold(command: string, count = 1): () => void {
    let release!: () => void;
    const until = new Promise<void>((resolve) => (release = resolve));
    this.faults.push({ command, kind: 'slow', left: count, until });
    return release;
  }

  isHolding(command: string): boolean {
    return this.held.has(command);
  }

  clear(): void {
    this.faults = [];
  }

  /** What becomes of a command before it is run. */
  async before(command: string, body: Document): Promise<'drop' | Document | undefined> {
    const held = this.take(command, body, 'slow');
    if (held) this.held.add(held.command);
    await held?.until;
    if (held) this.held.delete(held.command);
    if (this.take(command, body, 'drop')) return 'drop';
    return this.take(command, body, 'not_primary') ? notPrimaryTo(command, body) : undefined;
  }

  losesAnswer(command: string, body: Document): boolean {
    return this.take(command, body, 'lose_answer') !== undefined;
  }

  private take(command: string, body: Document, kind: Fault['kind']): Fault | undefined {
    const names = [command, `${command} ${String(body[command])}`];
    const fault = this.faults.find((one) => names.includes(one.command) && one.kind === kind && one.left > 0);
    if (fault) fault.left -= 1;
    return fault;
  }
}
