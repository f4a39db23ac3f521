import { EJSON, type Document } from 'bson';
import { MongoProblem } from './problem.js';
import type { Storage, Transaction } from './storage.js';

type Session = {
  number: number;
  transaction: Transaction | undefined;
  committed: boolean;
  answers: Map<string, Document>;
};

const noSuchTransaction = (number: unknown): MongoProblem =>
  new MongoProblem(
    251,
    'NoSuchTransaction',
    `Given transaction number ${String(number)} does not match any in-progress transactions.`,
    {
      errorLabels: ['TransientTransactionError'],
    },
  );

/** Logical sessions: transactions, and the answers to writes that a client may send again. */
export class Sessions {
  private readonly byId = new Map<string, Session>();

  constructor(private readonly storage: Storage) {}

  /** The transaction that a command is part of. @throws {MongoProblem} `NoSuchTransaction` */
  transactionOf(command: Document): Transaction | undefined {
    if (command['autocommit'] !== false) return undefined;
    const session = this.of(command);
    const number = Number(command['txnNumber']);
    if (command['startTransaction'] === true) {
      session.transaction?.abort();
      Object.assign(session, { number, transaction: this.storage.begin(), committed: false });
    }
    if (session.number !== number) throw noSuchTransaction(number);
    if (!session.transaction && !session.committed) throw noSuchTransaction(number);
    return session.transaction;
  }

  /** What was answered to this very write before: its answer may have been lost. */
  answered(name: string, command: Document): Document | undefined {
    if (!isRetryable(command)) return undefined;
    const session = this.of(command);
    return session.number === Number(command['txnNumber']) ? session.answers.get(name) : undefined;
  }

  remember(name: string, command: Document, answer: Document): void {
    if (!isRetryable(command)) return;
    const session = this.of(command);
    const number = Number(command['txnNumber']);
    if (session.number !== number) Object.assign(session, { number, answers: new Map(), transaction: undefined });
    session.answers.set(name, answer);
  }

  commit(command: Document): Document {
    const session = this.of(command);
    if (session.number !== Number(command['txnNumber'])) throw noSuchTransaction(command['txnNumber']);
    if (!session.transaction && !session.committed) throw noSuchTransaction(command['txnNumber']);
    session.transaction?.commit();
    Object.assign(session, { transaction: undefined, committed: true });
    return {};
  }

  abort(command: Document): Document {
    const session = this.of(command);
    if (session.number !== Number(command['txnNumber']) || !session.transaction)
      throw noSuchTransaction(command['txnNumber']);
    session.transaction.abort();
    session.transaction = undefined;
    return {};
  }

  /** A statement that failed ends its transaction. */
  fail(command: Document): void {
    const session = this.of(command);
    session.transaction?.abort();
    session.transaction = undefined;
  }

  /** Ends sessions with what they left open. */
  kill(ids: readonly Document[]): Document {
    for (const lsid of ids) {
      this.fail({ lsid });
      this.byId.delete(nameOf(lsid));
    }
    return {};
  }

  /** A server that ends forgets what was not committed. */
  endAll(): void {
    for (const { transaction } of this.byId.values()) transaction?.abort();
    this.byId.clear();
  }

  private of(command: Document): Session {
    const id = nameOf((command['lsid'] ?? {}) as Document);
    const known = this.byId.get(id) ?? {
      number: -1,
      transaction: undefined,
      committed: false,
      answers: new Map<string, Document>(),
    };
    this.byId.set(id, known);
    return known;
  }
}

const nameOf = (lsid: Document): string => EJSON.stringify({ id: lsid['id'] as unknown });

const isRetryable = (command: Document): boolean => 'txnNumber' in command && command['autocommit'] !== false;
