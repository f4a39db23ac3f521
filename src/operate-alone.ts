import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import type { Config } from '#config';
import { filesWith } from './operations/backup/backup-format.js';
import {
  OperatorRefused,
  passedOverLine,
  repairFrom,
  usage,
  type OperatorRequest,
} from './operations/operator-request.js';
import { renewStore } from './operations/renew.js';
import { dataFiles } from './platform/data-files.js';
import { prepareDataDirectory } from './platform/data-directory.js';
import { passOver } from './platform/log-repairs.js';
import { closeStores, openStores } from './platform/stores.js';

const problems = pino({ level: 'warn' }, pino.destination(2));

const placeOf = (server: string | undefined) => (server === undefined ? 'file' : 'server');

/** Carries out a command of `npm run admin` while no service runs on the data; answers what is printed. @throws what keeps it from being done. */
export const runAlone = async (config: Config, asked: OperatorRequest): Promise<string> => {
  const { WAYBILL_DATA_DIR: data, EVENTSTORE_URL: server, MONGODB_URI: database } = config;
  const [command, ...words] = asked.words;
  const files = filesWith({ log: placeOf(server), others: placeOf(database) });
  const known = files.find((file) => file === dataFiles.events) ?? files.find((file) => file === dataFiles.secrets);
  if (known !== undefined && !(command === 'renew' && known === words[0])) {
    await access(join(data, known)).catch(() => {
      throw new OperatorRefused(`There is no data in ${resolve(data)}: start the service first (npm start)`);
    });
  }
  await prepareDataDirectory(data);
  if (command === 'pass-over') return passOverAlone(config, words);
  if (command === 'renew') {
    const { WAYBILL_MASTER_KEY: masterKey } = config;
    return `${await renewStore(words[0], { config, masterKey })}\n`;
  }
  const [{ AppModule }, { createApp }, { OperatorCommands }, { OperatorSocket }] = await Promise.all([
    import('./app.module.js'),
    import('./app.js'),
    import('./operations/operator-commands.js'),
    import('./operations/operator-socket.js'),
  ]);
  const app = await createApp(AppModule.forOperator(config, problems, await openStores(config)), problems);
  try {
    await app.init();
    if (asked.words.length > 0) return `${await app.get(OperatorCommands).run(asked)}\n`;
    return `Waybill does not run. npm start starts it.\n${await app.get(OperatorSocket).firstLogin()}${usage}`;
  } finally {
    await app.close();
  }
};

/** Where a damaged event keeps even the operator's commands from starting. */
const passOverAlone = async (config: Config, words: readonly string[]): Promise<string> => {
  const repair = repairFrom(words);
  const stores = await openStores(config);
  try {
    await passOver(stores.events, repair);
  } finally {
    await closeStores(stores);
  }
  return `${passedOverLine(repair)}\n`;
};
