import type mongoose from 'mongoose';
import type { Mongo } from './connection.js';
import { inTransaction } from './in-transaction.js';

export type Session = mongoose.mongo.ClientSession | undefined;

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
    return inTransaction(session, () => work(session));
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
