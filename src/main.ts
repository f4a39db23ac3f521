import { environment, InvalidConfig, readConfig, unknownVariables } from '#config';
import { createApp } from './app.js';
import { createLogger } from './platform/logging.js';
import { stopOnSignals } from './platform/stop-on-signals.js';

const start = async (): Promise<void> => {
  const variables = environment();
  const config = readConfig(variables);
  const logger = createLogger(config);
  for (const name of unknownVariables(variables)) logger.warn({ name }, 'Nothing reads this variable: is it misspelt?');
  const app = await createApp(config, logger);
  stopOnSignals(app, logger);
  await app.listen(config.PORT, config.HOST);
  logger.info({ url: await app.getUrl() }, 'Waybill is listening');
};

try {
  await start();
} catch (error) {
  const expected = error instanceof InvalidConfig || (error instanceof Error && 'reason' in error);
  process.stderr.write(`${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
