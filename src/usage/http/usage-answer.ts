import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';
import type { z } from 'zod';
import type { ReportedUsage } from '../requests.rules.js';
import { usageFigures, type GetUsage } from '../usage.contract.js';
import type { Usage as ShownUsage } from './usage.schemas.js';

const types = ['application/json', 'text/csv'];
const columns = [...usageFigures, 'requests'] as const;

/** Answers with JSON, or with CSV (RFC 4180) where `Accept` prefers it. */
export const answerUsage = (
  { from, to, rows, total }: ReportedUsage,
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
    [...(groupBy === 'hour' ? ['hour', 'hourUtc'] : [groupBy]), ...columns],
    ...rows.map((row) => [
      ...(groupBy === 'hour' ? hourCells(row.group) : [row.group]),
      ...columns.map((column) => row[column] ?? ''),
    ]),
  ];
  return lines.map((values) => `${values.join(',')}\r\n`).join('');
};

/** Spreadsheets take a time with its offset for text. In UTC, an hour that comes twice has two names. */
const hourCells = (group: string): readonly string[] => [cell(group), cell(new Date(Date.parse(group)).toISOString())];

const cell = (time: string): string => time.slice(0, 16).replace('T', ' ');
