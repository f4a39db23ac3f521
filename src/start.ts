import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { environment, readConfig, unknownVariables, type Config } from '#config';
import { releaseSpareMemory } from '#lib/threads';
import { AppModule } from './app.module.js';
import { createApp, httpSettingsOf } from './app.js';
import { OperatorSocket } from './operations/operator-socket.js';
import { prepareDataDirectory } from './platform/data-directory.js';
import { assertPortIsFree, cannotListen } from './platform/http/free-port.js';
import { createLogger, isForPeople } from './platform/logging.js';
import { hasSessions } from './platform/roles.js';
import { closeStores, openStores, type Stores } from './platform/stores.js';
import { stopOnSignals } from './platform/stop-on-signals.js';
import { OpenWhatsApp } from './sessions/whatsapp/open-whatsapp.js';

/** Starts the service. @throws what keeps it from starting. */
export const start = async (): Promise<void> => {
  const variables = environment();
  const config = readConfig(variables);
  const logger = createLogger(config);
  for (const name of unknownVariables(variables)) logger.warn({ name }, 'Nothing reads this variable: is it misspelt?');
  await assertPortIsFree(config.PORT, config.HOST);
  const closed = await prepareDataDirectory(config.WAYBILL_DATA_DIR);
  if (closed.length > 0) {
    logger.warn({ paths: closed }, 'Other users of this machine had access to these; now only their owner has');
  }
  const app = await openApp(config, logger);
  await releaseSpareMemory();
  await listen(app, config);
  await announce(app, config, logger);
};

/** Where the service cannot start, its stores are closed: a file that is put back must not meet the write-ahead log of an empty one. */
const openApp = async (config: Config, logger: Logger): Promise<NestFastifyApplication> => {
  const app = await createAppOn(await openStores(config, logger), config, logger);
  stopOnSignals(app, logger);
  try {
    await app.init();
    return app;
  } catch (error) {
    await app.close(); // which closes the stores after what uses them
    throw error;
  }
};

const createAppOn = async (stores: Stores, config: Config, logger: Logger): Promise<NestFastifyApplication> => {
  try {
    return await createApp(AppModule.with(config, logger, stores), logger, httpSettingsOf(config));
  } catch (error) {
    await closeStores(stores);
    throw error;
  }
};

/** @throws {CannotListen} after everything that was opened is closed. */
const listen = async (app: NestFastifyApplication, { PORT, HOST }: Config): Promise<void> => {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    await app.close();
    throw cannotListen(PORT, HOST, error);
  }
};

/** The words for people come last, and not into a log: they may have a password in them. `npm run admin` prints them again. */
const announce = async (app: NestFastifyApplication, config: Config, logger: Logger): Promise<void> => {
  const addresses = { url: await app.getUrl(), phones: app.get(OpenWhatsApp).controlUrl };
  const operators = app.get(OperatorSocket);
  if (hasSessions(config)) await operators.open(addresses); // the socket is that process's whose stores they are
  logger.info(addresses, 'Waybill is listening');
  await new Promise<void>((flushed) => logger.flush(() => flushed()));
  if (process.stdout.isTTY && isForPeople(config) && hasSessions(config))
    process.stdout.write(await operators.welcome());
};
