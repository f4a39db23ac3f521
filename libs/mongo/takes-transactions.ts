import { randomUUID } from 'node:crypto';
import type mongoose from 'mongoose';
import { hasLabel, isAnswer } from './errors.js';
import { inTransaction } from './in-transaction.js';

/** An error with one of these says nothing of the server but that it has just failed, or that others wrote at the same time. */
const passing = ['TransientTransactionError', 'UnknownTransactionCommitResult', 'RetryableWriteError'];

/** Of this process: what it leaves behind when it fails is met again at the next try. */
const own = { _id: `transaction ${randomUUID()}` };

/**
 * Whether a server has transactions. Some call themselves a replica set and have none, so one is tried: on a document of its own, since many
 * processes may do so at once. @throws the driver's error while that cannot be told.
 */
export const takesTransactions = async (connection: mongoose.Connection, db: mongoose.mongo.Db): Promise<boolean> => {
  const hello = await db.command({ hello: 1 });
  if (hello['setName'] === undefined && hello['msg'] !== 'isdbgrid') return false;
  const probe = db.collection<{ _id: string }>('probe');
  await probe.updateOne(own, { $set: { triedAt: new Date() } }, { upsert: true }); // outside: a transaction cannot create the collection while another one does
  const session = connection.getClient().startSession();
  try {
    await inTransaction(session, () => probe.deleteOne(own, { session }));
    return true;
  } catch (error) {
    if (!isAnswer(error) || passing.some((label) => hasLabel(error, label))) throw error;
    await probe.deleteOne(own);
    return false;
  } finally {
    await session.endSession();
  }
};
