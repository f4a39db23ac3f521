import type { BeforeApplicationShutdown } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#config';
import type { Log } from '#lib/subscriptions';
import type { WhatsAppConnections, WhatsAppLogger } from '#lib/whatsapp';
import { openBaileysThread } from '#lib/whatsapp/baileys/thread';
import { credentialsPlace } from '../../platform/credentials-place.js';
import { isForPeople } from '../../platform/logging.js';
import { patiently } from '../../platform/on-server.js';
import type { Vault } from '../../platform/vault.js';
import type { ReportRouter } from './report-router.js';
import type { SessionProxies } from './session-proxies.js';
import { startSandboxBeside, type SandboxBeside } from './sandbox-beside.js';

/** A server other than WhatsApp's: a sandbox. */
type SandboxServer = { readonly url: string; readonly ca?: string; readonly beside?: SandboxBeside };

type Parts = {
  readonly config: Config;
  readonly vault: Vault;
  readonly log: Log & WhatsAppLogger;
  readonly router: ReportRouter;
  readonly proxies: SessionProxies;
};

/** The connections of this process to WhatsApp, and the sandbox beside the service where there is one. */
export class OpenWhatsApp implements BeforeApplicationShutdown {
  private constructor(
    /** Undefined where another process has them. */
    readonly connections: WhatsAppConnections | undefined,
    private readonly router: ReportRouter,
    private readonly sandbox: SandboxBeside | undefined,
  ) {}

  /** @throws {CredentialsUnavailable | VaultError} @throws {OperatorError} the sandbox could not be started. */
  static async open({ config, vault, log, router, proxies }: Parts): Promise<OpenWhatsApp> {
    const sandbox = config.WAYBILL_WHATSAPP === 'sandbox' ? await sandboxOf(config, log) : undefined;
    try {
      const open = () =>
        openBaileysThread({
          credentials: credentialsPlace(config),
          scratchDirectory: join(config.WAYBILL_DATA_DIR, 'uploads'),
          key: vault.key.handOver(),
          mayBeNew: vault.isNew,
          report: (sessionId, report) => router.hear(sessionId, report),
          sentMessages: (sessionId, whatsappId) => router.sent(sessionId, whatsappId),
          proxies: (sessionId) => proxies.of(sessionId),
          log,
          ...(sandbox && { url: sandbox.url, ca: sandbox.ca }),
        });
      const connections = await patiently(open, config, log);
      return new OpenWhatsApp(connections, router, sandbox?.beside);
    } catch (error) {
      await sandbox?.beside?.stop();
      throw error;
    }
  }

  /** For a process without sessions. */
  static elsewhere(router: ReportRouter): OpenWhatsApp {
    return new OpenWhatsApp(undefined, router, undefined);
  }

  /** The web page of the sandbox that was started beside the service, if one was. */
  get controlUrl(): string | undefined {
    return this.sandbox?.controlUrl;
  }

  /** The stores are still open: the last reports are recorded. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.connections?.close();
    await this.router.finish();
    await this.sandbox?.stop();
  }
}

const sandboxOf = async (config: Config, log: Log): Promise<SandboxServer> => {
  const { WAYBILL_SANDBOX_URL: url, WAYBILL_SANDBOX_CA: ca } = config;
  if (url !== undefined) return { url, ...(ca !== undefined && { ca: await pemOf(ca) }) };
  const stateFile = join(config.WAYBILL_DATA_DIR, 'sandbox.json');
  const logFormat = isForPeople(config) ? 'pretty' : 'json';
  const place = { port: config.SANDBOX_PORT, controlPort: config.SANDBOX_CONTROL_PORT, stateFile, logFormat } as const;
  const beside = await startSandboxBeside(place, log);
  log.info({ url: beside.url, control: beside.controlUrl }, 'The WhatsApp sandbox is up beside the service');
  return { url: beside.url, ca: beside.ca, beside };
};

/** From the text of a certificate, or from its file. */
const pemOf = (given: string): Promise<string> =>
  given.startsWith('-----BEGIN') ? Promise.resolve(given) : readFile(given, 'utf8');
