import { createServer, type Server, type Socket } from 'node:net';
import { Binary, type Document } from 'bson';
import { buildInfo, hello, version7, type Topology, type Version } from './commands/handshake.js';
import { collections } from './commands/collections.js';
import type { Command } from './commands/context.js';
import { reads } from './commands/reads.js';
import { writes } from './commands/writes.js';
import { Cursors } from './cursors.js';
import { Faults } from './faults.js';
import { allowOnly, documentsIn } from './fields.js';
import { answerFrame, takeRequests, type Request } from './frames.js';
import { MongoProblem } from './problem.js';
import { Replication } from './replication.js';
import { Scram, type Credentials } from './scram.js';
import { Sessions } from './sessions.js';
import { Storage } from './storage.js';

const commands: { readonly [name: string]: Command } = { ...reads, ...writes, ...collections };
const writeNames = Object.keys(writes);
const inTransactions = [...writeNames, 'find', 'getMore', 'aggregate', 'create', 'createIndexes'];

export type MongoServerOptions = {
  /** Null: a server of its own, which knows no transactions. */
  readonly replicaSet?: string | null;
  readonly credentials?: Credentials;
  /** Refuses a wrong password as Atlas does. */
  readonly atlas?: true;
  readonly port?: number;
  /** Default: 7.0. */
  readonly version?: Version;
  /** Renames as FerretDB 2 does, and is a server of its own. */
  readonly ferretdb?: true;
  /** The data of a server that was stopped. */
  readonly storage?: Storage;
};

/** A small MongoDB server on the wire. It refuses what it does not know with the real server's codes. */
export class MongoServer {
  readonly faults = new Faults();
  /** Whether its replica set was initiated. */
  isInitiated = true;
  readonly storage: Storage;
  readonly replication: Replication;
  private readonly cursors = new Cursors();
  private readonly sessions: Sessions;
  private readonly sockets = new Set<Socket>();
  private connections = 0;
  private isStopped = false;
  private readonly counts = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    private readonly options: MongoServerOptions,
  ) {
    this.storage = options.storage ?? new Storage();
    this.sessions = new Sessions(this.storage);
    this.replication = new Replication(this.storage);
    server.on('connection', (socket) => this.accept(socket));
  }

  static async start(options: MongoServerOptions = {}): Promise<MongoServer> {
    const server = createServer({ noDelay: true });
    const started = new MongoServer(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return started;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** With the credentials in it, where the server asks for some. */
  uri(database = 'waybill'): string {
    const { credentials: user } = this.options;
    const { replicaSet } = this;
    const login = user ? `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@` : '';
    const query = [
      ...(replicaSet === null ? ['directConnection=true'] : [`replicaSet=${replicaSet}`]),
      ...(user ? ['authSource=admin'] : []),
    ];
    return `mongodb://${login}127.0.0.1:${this.port}/${database}?${query.join('&')}`;
  }

  /** Closes all connections, as a server does that ends. The data stays: `storage`. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.dropConnections();
    await closed;
    this.sessions.endAll();
  }

  /** How many commands of a name have come in. */
  received(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    const connection = {
      id: (this.connections += 1),
      isKnown: !this.options.credentials,
      scram: undefined as Scram | undefined,
    };
    let received: Buffer = Buffer.alloc(0);
    let answering = Promise.resolve();
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      try {
        const { requests, rest } = takeRequests(Buffer.concat([received, bytes]));
        received = rest;
        for (const request of requests) answering = answering.then(() => this.serve(socket, request, connection));
      } catch {
        socket.destroy(); // what is not the protocol is not answered
      }
    });
  }

  private async serve(socket: Socket, request: Request, connection: Connection): Promise<void> {
    const [name = ''] = Object.keys(request.body);
    this.counts.set(name, this.received(name) + 1);
    const fault = await this.faults.before(name, request.body);
    if (fault === 'drop' || this.isStopped) return void socket.destroy();
    const answer = fault ?? (await this.answer(name, request.body, connection));
    const isWithheld = this.replication.withholds(name, writeNames.includes(name), request.body);
    if (isWithheld || this.faults.losesAnswer(name, request.body)) return void socket.destroy();
    if (request.isAnswered && !socket.destroyed) socket.write(answerFrame(request, answer));
  }

  private async answer(name: string, command: Document, connection: Connection): Promise<Document> {
    try {
      return { ...(await this.run(name, command, connection)), ok: 1 };
    } catch (error) {
      if (!(error instanceof MongoProblem)) throw error;
      const { code, codeName, message, details } = error;
      return { ok: 0, errmsg: message, code, codeName, ...details };
    }
  }

  private async run(name: string, command: Document, connection: Connection): Promise<Document> {
    const handshake = await this.handshake(name, command, connection);
    if (handshake) return handshake;
    if (!connection.isKnown) throw new MongoProblem(13, 'Unauthorized', `Command ${name} requires authentication`);
    this.checkOptions(command);
    switch (name) {
      case 'ping':
        return {};
      case 'endSessions':
      case 'killSessions':
        return this.sessions.kill(documentsIn(command, name));
      case 'commitTransaction':
        return this.sessions.commit(command);
      case 'abortTransaction':
        return this.sessions.abort(command);
      default:
        return this.runOnData(name, command);
    }
  }

  private async runOnData(name: string, command: Document): Promise<Document> {
    const run = commands[name];
    if (!run) throw new MongoProblem(59, 'CommandNotFound', `no such command: '${name}'`);
    if (!this.isInitiated) throw new MongoProblem(10107, 'NotWritablePrimary', 'not primary');
    const before = this.sessions.answered(name, command);
    if (before) return before;
    const transaction = this.sessions.transactionOf(command) ?? this.replication.seenBy(command);
    if (transaction && !inTransactions.includes(name))
      throw new MongoProblem(
        263,
        'OperationNotSupportedInTransaction',
        `Cannot run '${name}' in a multi-document transaction.`,
      );
    try {
      const answer = await run(command, { storage: this.storage, cursors: this.cursors, transaction });
      if (writeNames.includes(name)) this.sessions.remember(name, command, answer);
      if (transaction && 'writeErrors' in answer) this.sessions.fail(command);
      return answer;
    } catch (error) {
      if (transaction) this.sessions.fail(command);
      throw error;
    }
  }

  private async handshake(name: string, command: Document, connection: Connection): Promise<Document | undefined> {
    const { credentials, ferretdb, version = version7 } = this.options;
    const { replicaSet, isInitiated } = this;
    const topology = (): Topology => ({
      address: `127.0.0.1:${this.port}`,
      replicaSet,
      isGhost: !isInitiated,
      version,
    });
    switch (name) {
      case 'hello':
        return hello(topology(), connection.id, false);
      case 'isMaster':
      case 'ismaster':
        return hello(topology(), connection.id, true);
      case 'buildInfo':
        return { ...buildInfo(version), ...(ferretdb && { ferretdb: { version: 'v2.5.0' } }) };
      case 'renameCollection':
        if (ferretdb) refuseDots(command);
        return undefined;
      case 'saslStart':
        allowOnly(name, command, ['mechanism', 'payload', 'autoAuthorize', 'options']);
        if (!credentials || command['mechanism'] !== 'SCRAM-SHA-256')
          throw new MongoProblem(334, 'MechanismUnavailable', `Unsupported mechanism ${String(command['mechanism'])}`);
        connection.scram = new Scram(credentials, this.options.atlas);
        return connection.scram.start(payloadOf(command));
      case 'saslContinue': {
        const answer = connection.scram?.finish(payloadOf(command));
        connection.isKnown = answer !== undefined;
        return answer;
      }
      default:
        return undefined;
    }
  }

  private get replicaSet(): string | null {
    const { replicaSet = 'rs0', ferretdb } = this.options;
    return ferretdb ? null : replicaSet;
  }

  private checkOptions(command: Document): void {
    const isAlone = this.replicaSet === null;
    if (isAlone && 'txnNumber' in command)
      throw new MongoProblem(
        20,
        'IllegalOperation',
        'Transaction numbers are only allowed on a replica set member or mongos',
      );
    const { w } = (command['writeConcern'] ?? {}) as { w?: unknown };
    if (w !== undefined && w !== 'majority' && w !== 0 && w !== 1)
      throw new MongoProblem(100, 'UnsatisfiableWriteConcern', 'Not enough data-bearing nodes');
  }
}

type Connection = { readonly id: number; isKnown: boolean; scram: Scram | undefined };

/** It takes a namespace apart at every dot. */
const refuseDots = (command: Document): void => {
  for (const namespace of [command['renameCollection'], command['to']]) {
    if (String(namespace).split('.').length === 2) continue;
    throw new MongoProblem(73, 'InvalidNamespace', `Invalid namespace specified '${String(namespace)}'`);
  }
};

const payloadOf = (command: Document): Buffer => {
  const payload: unknown = command['payload'];
  return Buffer.from(payload instanceof Binary ? payload.buffer : (payload as Uint8Array));
};
