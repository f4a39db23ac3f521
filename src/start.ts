import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { environment, readConfig, unknownVariables, type Config } from '#config';
import { releaseSpareMemoryOnceIdle } from '#lib/threads';
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
  const stopping = stopOnSignals(logger);
  await stopping.step(() => assertPortIsFree(config.PORT, config.HOST));
  const closed = await prepareDataDirectory(config.WAYBILL_DATA_DIR);
  if (closed.length > 0) {
    logger.warn({ paths: closed }, 'Other users of this machine had access to these; now only their owner has');
  }
  const stores = await stopping.step(() => openStores(config, logger), closeStores);
  const create = () => createAppOn(stores, config, logger);
  const app = await stopping.step(create, (created) => created.close()); // which closes the stores after what uses them
  await stopping.step(() => orClosed(app, () => app.init()));
  await stopping.step(() => listen(app, config));
  await stopping.step(() => announce(app, config, logger));
  releaseSpareMemoryOnceIdle();
};

/** Where the service cannot start, its stores are closed: a file that is put back must not meet the write-ahead log of an empty one. */
const orClosed = async (app: NestFastifyApplication, begin: () => Promise<unknown>): Promise<void> => {
  try {
    await begin();
  } catch (error) {
    await app.close();
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
  const begin = (): Promise<unknown> =>
    app.listen(PORT, HOST).catch((error: unknown) => {
      throw cannotListen(PORT, HOST, error);
    });
  await orClosed(app, begin);
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
