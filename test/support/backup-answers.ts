import { expect } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { CommandBus } from '../../src/platform/bus/command-bus.js';
import { CommandContext } from '../../src/platform/command-context.js';
import type { Answer } from './http.js';

/** Nothing can be written there. */
export const backupVariables = {
  WAYBILL_BACKUP_TO: '/dev/null/backups',
  WAYBILL_BACKUP_RECIPIENT: 'age18ekzqnhcm33h55y9ncwu69ax58xus6s5znthlzyszy8pndw7x96sytc0u2',
};

type Asking = {
  readonly app: Pick<INestApplication, 'get'>;
  readonly admin: (route: string, body?: unknown) => Promise<Answer>;
};

/** Asks for all that can be done with backups, and for what a restored copy is told. */
export const askAboutBackups = async ({ app, admin }: Asking): Promise<void> => {
  const { id } = (await admin('POST /v1/admin/backups')).body as { readonly id: string };
  await admin('POST /v1/admin/backups');
  for (const which of ['', `/${id}`]) await admin(`GET /v1/admin/backups${which}`);
  const resume = (queued: string): Promise<Answer> => admin('POST /v1/admin/system/resume', { queued });
  const refused = [await resume('send')];
  const at = new Date().toISOString();
  const data = { backupId: 'b', takenAt: at, position: 1, restoredAt: at };
  const context = CommandContext.new({ kind: 'system', id: 'test' });
  await app.get(CommandBus).execute({ type: 'RecordServiceRestored', data }, context);
  await resume('send');
  refused.push(await resume('cancel'));
  expect(refused.map(({ body }) => body.code as string)).toEqual(['not_restored', 'resumed_already']);
};
