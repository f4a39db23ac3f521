import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { environment, readConfig, type Config } from '#config';
import { askService } from './operations/ask-service.js';
import { filesWith } from './operations/backup/backup-format.js';
import { backupProgram } from './operations/backup/backup-program.js';
import { restoreProgram } from './operations/backup/restore-program.js';
import {
  OperatorCommands,
  OperatorRefused,
  passedOverLine,
  repairFrom,
  usage as adminUsage,
  type OperatorRequest,
} from './operations/operator-commands.js';
import type { Progress } from './operations/migrate-stores/log-copy.js';
import { migrateStores } from './operations/migrate-stores/migrate-stores.js';
import { OperatorSocket } from './operations/operator-socket.js';
import { renewStore } from './operations/renew.js';
import { dataFiles } from './platform/data-files.js';
import { prepareDataDirectory } from './platform/data-directory.js';
import { passOver } from './platform/log-repairs.js';
import { closeStores, openStores } from './platform/stores.js';

const usage = `${adminUsage}
  npm run backup                   makes an encrypted backup where WAYBILL_BACKUP_TO says, also while the service runs
  npm run backup   -- DIRECTORY    copies all data to a new directory, not encrypted, also while the service runs
  npm run restore                  puts the newest backup into an empty data directory, and checks it; with
    --from PLACE       a directory or s3://bucket/prefix with backups, one backup (….age), or a directory that was copied
    --until TIME       the newest backup that was taken by then (2026-11-29T10:00:00Z), or latest
    --identity FILE    the file with the secret key of age
    --to DIRECTORY     another data directory than WAYBILL_DATA_DIR
    --drill            only tries it, in a scratch directory beside the data, with the master key that is there
  npm run restore  -- --servers    checks stores that were put back on their servers, and says in the log that they are a copy
  npm run migrate-stores  -- server|file    moves the stores to the servers that are set, or back
`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const problems = pino({ level: 'warn' }, pino.destination(2));

const placeOf = (server: string | undefined) => (server === undefined ? 'file' : 'server');

type Program = (config: Config, words: readonly string[]) => Promise<number>;

const programs: { readonly [name: string]: Program } = {
  admin: async (config, given) => {
    const words = given.filter((word) => word !== '--stdin');
    const password = words.length < given.length ? (await text(process.stdin)).split('\n')[0] : undefined;
    const asked: OperatorRequest = { words: [...words], ...(password !== undefined && { password }) };
    process.stdout.write((await askService(config.WAYBILL_DATA_DIR, asked)) ?? (await runHere(config, asked)));
    return 0;
  },

  backup: async (config, words) => {
    const sagas = async () => (await import('./app.module.js')).AppModule.sagasOf(config);
    await backupProgram(config, words, sagas, print);
    return 0;
  },

  restore: (config, words) => restoreProgram(words, { config, print }),

  'migrate-stores': async (config, [to]) => {
    if (to !== 'server' && to !== 'file') throw new OperatorRefused(usage);
    const { AppModule } = await import('./app.module.js');
    const { WAYBILL_MASTER_KEY: masterKey } = config;
    const sagas = AppModule.sagasOf(config);
    const moved = await migrateStores({ config, to, masterKey, sagas, progress: progressPrinter() });
    const place = to === 'server' ? 'on the server of EVENTSTORE_URL' : `in ${config.WAYBILL_DATA_DIR}`;
    const { log, others } = moved;
    if (log === 'there') print(`The log is ${place} already.`);
    else if (log) print(`The log is ${place}: ${log.events} events, all compared, SHA-256 ${log.sha256}.`);
    const otherPlace = to === 'server' ? 'in the database of MONGODB_URI' : `in ${config.WAYBILL_DATA_DIR}`;
    if (others === 'there') print(`The other stores are ${otherPlace} already.`);
    else if (others)
      print(`The other stores are ${otherPlace}: ${others.values} values, all compared, SHA-256 ${others.sha256}.`);
    const names = [...(log ? ['EVENTSTORE_URL'] : []), ...(others ? ['MONGODB_URI'] : [])].join(' and ');
    print(`Start the service ${to === 'server' ? 'with' : 'without'} ${names}.`);
    return 0;
  },
};

const msBetweenReports = 2000;

/** Prints how far it is, now and then. */
const progressPrinter = (): Progress => {
  let reportedAt = performance.now();
  return (count, what) => {
    if (performance.now() - reportedAt < msBetweenReports) return;
    reportedAt = performance.now();
    print(`${count} ${what}`);
  };
};

/** While no service runs on the data. */
const runHere = async (config: Config, asked: OperatorRequest): Promise<string> => {
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
  if (command === 'pass-over') return passOverHere(config, words);
  if (command === 'renew') {
    const { WAYBILL_MASTER_KEY: masterKey } = config;
    return `${await renewStore(words[0], { config, masterKey })}\n`;
  }
  // Loaded only here: a running service answers much faster.
  const [{ AppModule }, { createApp }] = await Promise.all([import('./app.module.js'), import('./app.js')]);
  const app = await createApp(AppModule.forOperator(config, problems, await openStores(config)), problems);
  try {
    await app.init();
    if (asked.words.length > 0) return `${await app.get(OperatorCommands).run(asked)}\n`;
    return `Waybill does not run. npm start starts it.\n${await app.get(OperatorSocket).firstLogin()}${adminUsage}`;
  } finally {
    await app.close();
  }
};

/** Where a damaged event keeps even the operator's commands from starting. */
const passOverHere = async (config: Config, words: readonly string[]): Promise<string> => {
  const repair = repairFrom(words);
  const stores = await openStores(config);
  try {
    await passOver(stores.events, repair);
  } finally {
    await closeStores(stores);
  }
  return `${passedOverLine(repair)}\n`;
};

/** The operator's commands: `admin`, `backup`, `restore` and `migrate-stores`. Answers the exit code. @throws what keeps them from being carried out. */
export const operate = async ([name = '', ...words]: readonly string[]): Promise<number> => {
  const program = programs[name];
  if (!program) throw new OperatorRefused(usage);
  process.umask(0o077); // what is made is for its owner only
  // The operator's commands take the stores as the process does that has the sessions.
  return program(readConfig({ ...environment(), WAYBILL_ROLES: '' }), words);
};
