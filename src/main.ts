import { environment, InvalidConfig, readConfig, unknownVariables } from '#config';
import { StoreUnavailable } from '#lib/event-store';
import { ReadModelsUnavailable } from '#lib/read-models';
import { SecretsUnavailable, VaultError } from '#lib/vault';
import { CredentialsUnavailable } from '#lib/whatsapp/baileys';
import { AppModule } from './app.module.js';
import { createApp } from './app.js';
import { createLogger } from './platform/logging.js';
import { openStores } from './platform/stores.js';
import { stopOnSignals } from './platform/stop-on-signals.js';
import { SandboxNotStarted } from './sessions/whatsapp/sandbox-beside.js';

const start = async (): Promise<void> => {
  const variables = environment();
  const config = readConfig(variables);
  const logger = createLogger(config);
  for (const name of unknownVariables(variables)) logger.warn({ name }, 'Nothing reads this variable: is it misspelt?');
  const stores = await openStores(config.WAYBILL_DATA_DIR);
  const app = await createApp(AppModule.with(config, logger, stores), {
    trustedProxies: config.WAYBILL_TRUSTED_PROXIES,
  });
  stopOnSignals(app, logger);
  await app.listen(config.PORT, config.HOST);
  logger.info({ url: await app.getUrl() }, 'Waybill is listening');
};

const told = [
  ...[InvalidConfig, StoreUnavailable, ReadModelsUnavailable, SecretsUnavailable, VaultError],
  ...[CredentialsUnavailable, SandboxNotStarted],
];

/** Trouble that the operator can mend is told in words; anything else with its stack. */
const inWords = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return told.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message);
};

try {
  await start();
} catch (error) {
  process.stderr.write(`${inWords(error)}\n`);
  process.exitCode = 1;
}
