import { randomBytes } from 'node:crypto';
import { EventStoreDbServer } from '../../support/eventstoredb-server/index.js';
import { MongoServer } from '../../support/mongodb-server/server.js';

/** The servers of all stores, with what can go wrong with them. */
export class Stores {
  private readonly masterKey = randomBytes(32).toString('base64');

  private constructor(
    readonly log: EventStoreDbServer,
    private current: MongoServer,
  ) {}

  static async start(): Promise<Stores> {
    return new Stores(await EventStoreDbServer.start(), await MongoServer.start());
  }

  get database(): MongoServer {
    return this.current;
  }

  get variables(): NodeJS.ProcessEnv {
    return { EVENTSTORE_URL: this.log.url, MONGODB_URI: this.current.uri(), WAYBILL_MASTER_KEY: this.masterKey };
  }

  /** The database ends, and is there again with its data after `meanwhile`. */
  async withoutDatabase(meanwhile: () => Promise<void>): Promise<void> {
    const { port, storage } = this.current;
    await this.current.stop();
    await meanwhile();
    this.current = await MongoServer.start({ port, storage });
  }

  /** The same of the log. */
  async withoutLog(meanwhile: () => Promise<void>): Promise<void> {
    await this.log.stop();
    await meanwhile();
    await this.log.listen();
  }

  async end(): Promise<void> {
    await this.current.stop();
    await this.log.stop();
  }
}
