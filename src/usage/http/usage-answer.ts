import type { FastifyReply } from 'fastify';
import Negotiator from 'negotiator';
import type { z } from 'zod';
import { csvOf } from '../csv.rules.js';
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
  return csvOf([
    [...(groupBy === 'hour' ? ['day', 'hour', 'utcOffsetMinutes'] : [groupBy]), ...columns],
    ...rows.map((row) => [
      ...(groupBy === 'hour' ? hourCells(row.group) : [row.group]),
      ...columns.map((column) => row[column] ?? ''),
    ]),
  ]);
};

/**
 * An hour as a day and two numbers: no way to write a time is one for every spreadsheet, and two hours may have one name, when clocks are set
 * back.
 */
const hourCells = (group: string): readonly (string | number)[] => {
  const [, day = '', hour, sign, hours, minutes] = /^(\S{10})T(\d\d):00([+-])(\d\d):(\d\d)/.exec(group) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return [day, Number(hour), sign === '-' ? -offset : offset];
};
