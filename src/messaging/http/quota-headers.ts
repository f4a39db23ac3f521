import type { FastifyReply } from 'fastify';
import { AnswerHeaders } from '../../platform/openapi/answers.js';
import type { DailyAllowance } from '../message.contract.js';
import { DailyQuotaExceeded } from '../quota/quotas.js';

const count = (description: string) => ({ description, schema: { type: 'integer' } });

/** The documentation of `X-Quota-*`. A replay has none: it uses up nothing. */
export const QuotaHeaders = (): MethodDecorator =>
  AnswerHeaders([202, 429], {
    'X-Quota-Limit': count('Messages that you may send per day of your time zone.'),
    'X-Quota-Remaining': count('Messages that are left of the day.'),
    'X-Quota-Reset': count('Seconds until the day ends.'),
  });

/** Sets `X-Quota-*` on the answer, whether the message is accepted or exceeds the quota. Resolves or rejects as `sending` does. */
export const withQuotaHeaders = async <Sent extends { readonly allowance: DailyAllowance }>(
  reply: FastifyReply,
  sending: Promise<Sent>,
): Promise<Sent> => {
  try {
    const sent = await sending;
    setQuotaHeaders(reply, sent.allowance);
    return sent;
  } catch (error) {
    if (error instanceof DailyQuotaExceeded) setQuotaHeaders(reply, error.allowance);
    throw error;
  }
};

/** Sets `X-Quota-*` on the answer. */
export const setQuotaHeaders = (reply: FastifyReply, { limit, remaining, resetAfter }: DailyAllowance): void =>
  void reply.headers({
    'x-quota-limit': String(limit),
    'x-quota-remaining': String(remaining),
    'x-quota-reset': String(resetAfter),
  });
