import type { FastifyReply } from 'fastify';
import type { DailyAllowance } from '../message.contract.js';
import { DailyQuotaExceeded } from '../daily-quota.js';

/** Sets `X-Quota-*` on the answer, whether the message is accepted or exceeds the quota. Resolves or rejects as `sending` does. */
export const withQuotaHeaders = async <Sent extends { readonly allowance: DailyAllowance }>(
  reply: FastifyReply,
  sending: Promise<Sent>,
): Promise<Sent> => {
  try {
    const sent = await sending;
    void reply.headers(headersOf(sent.allowance));
    return sent;
  } catch (error) {
    if (error instanceof DailyQuotaExceeded) void reply.headers(headersOf(error.allowance));
    throw error;
  }
};

const headersOf = ({ limit, remaining, resetAfter }: DailyAllowance) => ({
  'x-quota-limit': String(limit),
  'x-quota-remaining': String(remaining),
  'x-quota-reset': String(resetAfter),
});
