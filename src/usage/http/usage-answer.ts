import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';
import type { z } from 'zod';
import { usageFigures, type GetUsage, type Usage } from '../usage.contract.js';
import type { Usage as ShownUsage } from './usage.schemas.js';

const types = ['application/json', 'text/csv'];

/** Answers with JSON, or with CSV (RFC 4180) where `Accept` prefers it. */
export const answerUsage = (
  { from, to, rows, total }: Usage,
  { groupBy, timeZone }: Pick<GetUsage['data'], 'groupBy' | 'timeZone'>,
  accept: string | undefined,
  reply: FastifyReply,
): z.input<typeof ShownUsage> | string => {
  if (new Negotiator({ headers: { accept } }).mediaType(types) !== 'text/csv') {
    return { from, to, timeZone, groupBy, data: [...rows], total };
  }
  void reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="usage.csv"');
  // No value needs quotes: groups are days, ids, kinds and codes of ours.
  const lines = [
    [groupBy, ...usageFigures],
    ...rows.map((row) => [row.group, ...usageFigures.map((figure) => row[figure])]),
  ];
  return lines.map((values) => `${values.join(',')}\r\n`).join('');
};
