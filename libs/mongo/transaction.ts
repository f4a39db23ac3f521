import type mongoose from 'mongoose';
import { pause, retryWaitMs } from '#lib/async';
import { durably, type Mongo } from './connection.js';
import { hasLabel, isAnswer } from './errors.js';

export type Session = mongoose.mongo.ClientSession | undefined;

/** How long a transaction is tried again that the server ended, for a conflict or because it is no longer the primary. */
const retryForMs = 5000;
const policy = { firstWaitMs: 5, maxWaitMs: 500 };
/** How often a server is asked again that did not answer. */
const maxSilences = 2;

/**
 * Transactions one after the other. All are of one session, so that the next one ends one that was left open when the connection broke:
 * it would lock what it wrote for a minute.
 */
export class Transactions {
  private session: Session;

  constructor(private readonly mongo: Mongo) {}

  /**
   * Does the work in a transaction, again where the server ends it. Where the server has no transactions, it gets no session, and a crash
   * may leave a part of it done.
   */
  async run<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    if (!this.mongo.hasTransactions) return work(undefined);
    const session = await this.opened();
    return retried('TransientTransactionError', () => attempt(session, work));
  }

  async end(): Promise<void> {
    if (!this.session) return;
    await this.mongo.sessions.forget(idOf(this.session)).catch(() => {}); // the next start does
    await this.session.endSession();
  }

  private async opened(): Promise<mongoose.mongo.ClientSession> {
    if (this.session) return this.session;
    const session = this.mongo.connection.getClient().startSession();
    await this.mongo.sessions.note(idOf(session));
    return (this.session = session);
  }
}

const idOf = ({ id }: mongoose.mongo.ClientSession): { readonly id: mongoose.mongo.Binary } => {
  if (!id) throw new Error('The session has no id');
  return id;
};

const attempt = async <Result>(
  session: mongoose.mongo.ClientSession,
  work: (session: Session) => Promise<Result>,
): Promise<Result> => {
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: durably });
  let result: Result;
  try {
    result = await work(session);
  } catch (error) {
    await session.abortTransaction().catch(() => {}); // the next one ends it
    throw error;
  }
  await retried('UnknownTransactionCommitResult', () => session.commitTransaction());
  return result;
};

/** Repeats what fails with a label. */
const retried = async <Result>(label: string, work: () => Promise<Result>): Promise<Result> => {
  const startedAt = performance.now();
  for (let failures = 1, silences = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isAnswer(error)) silences += 1;
      const isOver = silences >= maxSilences || performance.now() - startedAt > retryForMs;
      if (isOver || !hasLabel(error, label)) throw error;
      await pause(retryWaitMs(policy, failures));
    }
  }
};
