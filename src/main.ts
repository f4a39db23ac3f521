import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { environment, readConfig, unknownVariables, type Config } from '#config';
import { Transient } from '#lib/async';
import { OperatorError } from '#lib/operator-error';
import { AppModule } from './app.module.js';
import { createApp, httpSettingsOf } from './app.js';
import { createLogger } from './platform/logging.js';
import { releaseSpareMemory } from './platform/spare-memory.js';
import { openStores } from './platform/stores.js';
import { stopOnSignals } from './platform/stop-on-signals.js';
import { OpenWhatsApp } from './sessions/whatsapp/open-whatsapp.js';
import { welcome } from './welcome.js';

const start = async (): Promise<void> => {
  const variables = environment();
  const config = readConfig(variables);
  const logger = createLogger(config);
  for (const name of unknownVariables(variables)) logger.warn({ name }, 'Nothing reads this variable: is it misspelt?');
  const stores = await openStores(config.WAYBILL_DATA_DIR);
  const app = await createApp(AppModule.with(config, logger, stores), httpSettingsOf(config));
  stopOnSignals(app, logger);
  await releaseSpareMemory();
  await listen(app, config);
  const url = await app.getUrl();
  logger.info({ url }, 'Waybill is listening');
  await new Promise<void>((flushed) => logger.flush(() => flushed()));
  if (config.WAYBILL_WHATSAPP === 'sandbox') process.stdout.write(welcome(url, app.get(OpenWhatsApp).controlUrl));
};

/** @throws {CannotListen} after everything that was opened is closed. */
const listen = async (app: NestFastifyApplication, { PORT, HOST }: Config): Promise<void> => {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    await app.close();
    throw new CannotListen(`PORT ${PORT} on HOST ${HOST} cannot be used: ${String(error)}`, { cause: error });
  }
};

class CannotListen extends OperatorError {
  override readonly name = 'CannotListen';
}

/** What the operator can repair, or only has to wait for, is printed as a sentence; anything else with its stack. */
const inWords = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const isExplained = error instanceof OperatorError || error instanceof Transient;
  return isExplained ? error.message : (error.stack ?? error.message);
};

try {
  await start();
} catch (error) {
  process.stderr.write(`${inWords(error)}\n`);
  process.exit(1);
}
