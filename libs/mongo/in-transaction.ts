import type mongoose from 'mongoose';
import { pause, retryWaitMs } from '#lib/async';
import { durably } from './durably.js';
import { hasLabel, isAnswer } from './errors.js';

/** How long a transaction is tried again that the server ended, for a conflict or because it is no longer the primary. */
const retryForMs = 5000;
const policy = { firstWaitMs: 5, maxWaitMs: 500 };
/** How often a server is asked again that did not answer. */
const maxSilences = 2;

/** Does the work in a transaction of a session, again where the server ends it. @throws the driver's error. */
export const inTransaction = <Result>(
  session: mongoose.mongo.ClientSession,
  work: () => Promise<Result>,
): Promise<Result> => retried('TransientTransactionError', () => attempt(session, work));

const attempt = async <Result>(session: mongoose.mongo.ClientSession, work: () => Promise<Result>): Promise<Result> => {
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: durably });
  let result: Result;
  try {
    result = await work();
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
