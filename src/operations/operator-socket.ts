import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Config } from '#config';
import type { Log } from '#lib/subscriptions';
import { OPERATOR_ACCOUNTS, type OperatorAccounts } from '../identity/operator.contract.js';
import { CONFIG, LOG } from '../platform/tokens.js';
import { OperatorCommands } from './operator-commands.js';
import { OperatorRequest } from './operator-request.js';
import { socketPath } from './socket-path.js';
import { firstLoginLines, welcome, type Addresses } from './welcome.js';

/**
 * Takes the operator's commands while the service runs, since only one process may write to the stores. Whoever may open the data directory
 * may use the socket in it.
 */
@Injectable()
export class OperatorSocket implements BeforeApplicationShutdown {
  private readonly server: Server;
  private addresses: Addresses = { url: '' };

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
    @Inject(OPERATOR_ACCOUNTS) private readonly accounts: OperatorAccounts,
    private readonly commands: OperatorCommands,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** Called once the service listens. A failure is logged: the service works without it. */
  async open(addresses: Addresses): Promise<void> {
    this.addresses = addresses;
    try {
      const path = socketPath(this.config.WAYBILL_DATA_DIR);
      await rm(path, { force: true }); // of a process that was killed: the stores have one owner, which is this process
      this.server.listen(path);
      await once(this.server, 'listening');
      this.server.on('error', (error) => this.log.warn({ err: error }, "The operator's socket failed"));
    } catch (error) {
      this.log.warn(
        { err: error },
        '`npm run admin` works only while the service is stopped: its socket cannot be opened',
      );
    }
  }

  async welcome(): Promise<string> {
    return welcome(this.addresses, await this.accounts.first());
  }

  /** For whom the service does not run. */
  async firstLogin(): Promise<string> {
    return firstLoginLines(await this.accounts.first())
      .map((line) => `${line}\n`)
      .join('');
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const asked = OperatorRequest.parse(JSON.parse(await text(request)));
      response.end(asked.words.length === 0 ? await this.welcome() : `${await this.commands.run(asked)}\n`);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      response.writeHead(422).end(detail);
    }
  }
}
