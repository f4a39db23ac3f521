import { text } from 'node:stream/consumers';
import { environment, readConfig, type Config } from '#config';
import { askService } from './operations/ask-service.js';
import type { Progress } from './operations/migrate-stores/log-copy.js';
import { OperatorRefused, usage as adminUsage, type OperatorRequest } from './operations/operator-request.js';

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
type Program = (config: Config, words: readonly string[]) => Promise<number>;

/** Each loads what it needs: a running service answers much faster than the stores are loaded. */
const programs: { readonly [name: string]: Program } = {
  admin: async (config, given) => {
    const words = given.filter((word) => word !== '--stdin');
    const password = words.length < given.length ? (await text(process.stdin)).split('\n')[0] : undefined;
    const asked: OperatorRequest = { words: [...words], ...(password !== undefined && { password }) };
    const answer = await askService(config.WAYBILL_DATA_DIR, asked);
    process.stdout.write(answer ?? (await (await import('./operate-alone.js')).runAlone(config, asked)));
    return 0;
  },

  backup: async (config, words) => {
    const { backupProgram } = await import('./operations/backup/backup-program.js');
    const sagas = async () => (await import('./app.module.js')).AppModule.sagasOf(config);
    await backupProgram(config, words, sagas, print);
    return 0;
  },

  restore: async (config, words) => {
    const { restoreProgram } = await import('./operations/backup/restore-program.js');
    return restoreProgram(words, { config, print });
  },

  'migrate-stores': async (config, [to]) => {
    if (to !== 'server' && to !== 'file') throw new OperatorRefused(usage);
    const [{ AppModule }, { migrateStores }] = await Promise.all([
      import('./app.module.js'),
      import('./operations/migrate-stores/migrate-stores.js'),
    ]);
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

/** The operator's commands: `admin`, `backup`, `restore` and `migrate-stores`. Answers the exit code. @throws what keeps them from being carried out. */
export const operate = async ([name = '', ...words]: readonly string[]): Promise<number> => {
  const program = programs[name];
  if (!program) throw new OperatorRefused(usage);
  process.umask(0o077); // what is made is for its owner only
  // The operator's commands take the stores as the process does that has the sessions.
  return program(readConfig({ ...environment(), WAYBILL_ROLES: '' }), words);
};
