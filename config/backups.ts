import { z } from 'zod';

const kept = z.coerce.number().int().min(0).max(1000);

/** What says where backups go, and when. */
export const backupVariables = {
  WAYBILL_BACKUP_TO: z
    .string()
    .regex(
      /^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w.-]+)*\/?|(?!\w+:\/\/).+)$/,
      'Must be a directory, or s3://bucket/prefix',
    )
    .optional()
    .describe(
      'Where backups go: a directory, or s3://bucket/prefix with the S3_… server and key. By default none are made.',
    ),
  WAYBILL_BACKUP_RECIPIENT: z
    .string()
    .transform((list) => list.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().regex(/^age1[a-z0-9]+$/, 'Must be public keys of age (age1…), comma-separated')).min(1))
    .optional()
    .describe('The public keys of age (age1…), comma-separated, that backups are encrypted for.'),
  WAYBILL_BACKUP_SCHEDULE: z
    .string()
    .regex(/^\S+( +\S+){4}$/, 'Must be a cron expression of five fields')
    .default('0 2 * * *')
    .describe('When backups are made, in UTC: a cron expression of five fields.'),
  WAYBILL_BACKUP_KEEP_DAILY: kept.default(7).describe('Of how many days the last backup is kept.'),
  WAYBILL_BACKUP_KEEP_WEEKLY: kept.default(4).describe('Of how many weeks the last backup is kept.'),
  WAYBILL_BACKUP_KEEP_MONTHLY: kept.default(12).describe('Of how many months the last backup is kept.'),
  WAYBILL_BACKUP_MEDIA: z
    .stringbool({ error: 'Must be true or false' })
    .default(false)
    .describe("Whether the users' files that are in the data directory are in the backups."),
  WAYBILL_BACKUP_IDENTITY: z
    .string()
    .min(1)
    .optional()
    .describe('The file with the secret key of age (AGE-SECRET-KEY-…): to restore, and to verify by opening backups.'),
};

/** What is missing where backups are asked for, or what does not go together. */
export const backupProblems = (given: NodeJS.ProcessEnv): readonly string[] => {
  const { WAYBILL_BACKUP_TO: to, WAYBILL_BACKUP_RECIPIENT: recipient } = given;
  const problems: string[] = [];
  if (to === undefined && recipient !== undefined)
    problems.push('WAYBILL_BACKUP_TO: Is missing, and WAYBILL_BACKUP_RECIPIENT is set: where do backups go?');
  if (to?.startsWith('s3://') !== true) return problems;
  const missing = ['S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'].filter((name) => given[name] === undefined);
  return [...problems, ...missing.map((name) => `${name}: Is missing, and WAYBILL_BACKUP_TO is a bucket`)];
};
