import { randomUUID } from 'node:crypto';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Access, type Role, type Users } from './access.js';
import { append } from './appends.js';
import { batchAppend } from './batch-appends.js';
import { readGossip, supportedMethods, type Member } from './cluster.js';
import { deleteStream, tombstoneStream } from './deletes.js';
import { Faults } from './faults.js';
import { TransactionLog } from './log.js';
import type { Node } from './node.js';
import { read } from './reads.js';
import { bytesOfAnswer } from './wire.js';

export * as rpcErrors from './rpc-errors.js';

const host = '127.0.0.1';

type ServerOptions = {
  /** The log of an earlier server, or of the other nodes of a cluster. Default: an empty one. */
  readonly log?: TransactionLog;
  /** Who must say who they are. Default: nobody, as with `--insecure`. */
  readonly users?: Users;
  readonly tls?: { readonly key: string; readonly certificate: string };
  readonly version?: string;
};

/** A server that speaks EventStoreDB's protocol, on 127.0.0.1. */
export class EventStoreDbServer {
  readonly faults = new Faults();
  /** The cluster that gossip tells of. */
  members: readonly Member[] = [];
  private readonly access: Access;
  private readonly node: Node;
  private server: Server | undefined;
  private boundPort = 0;

  constructor(private readonly options: ServerOptions = {}) {
    this.access = new Access(options.users);
    const log = options.log ?? new TransactionLog();
    this.node = {
      log,
      faults: this.faults,
      access: this.access,
      maxAppendBytes: 1024 * 1024,
      sent: { events: 0 },
      served: { reads: 0 },
    };
  }

  static async start(options?: ServerOptions): Promise<EventStoreDbServer> {
    const server = new EventStoreDbServer(options);
    await server.listen();
    return server;
  }

  get log(): TransactionLog {
    return this.node.log;
  }

  /** How many events clients have been sent. */
  get sentEvents(): number {
    return this.node.sent.events;
  }

  /** How many requests have read streams or the whole log, without the subscriptions. */
  get servedReads(): number {
    return this.node.served.reads;
  }

  get port(): number {
    return this.boundPort;
  }

  get url(): string {
    return `esdb://${host}:${this.boundPort}?tls=${this.options.tls !== undefined}`;
  }

  set role(role: Role) {
    this.access.role = role;
  }

  /** How gossip names this node. */
  asMember(isLeader: boolean, isAlive = true): Member {
    return { id: randomUUID(), host, port: this.boundPort, isLeader, isAlive };
  }

  /** Listens, on the same port as before. */
  async listen(): Promise<void> {
    const { tls, version = '24.10.0' } = this.options;
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    const { node } = this;
    const { read: reading, ...others } = streamsGrpc.StreamsService;
    server.addService(
      { ...others, read: { ...reading, responseSerialize: bytesOfAnswer } },
      {
        read: read(node),
        append: append(node),
        batchAppend: batchAppend(node),
        delete: deleteStream(node),
        tombstone: tombstoneStream(node),
      },
    );
    const services = [streamsGrpc.StreamsService, gossipGrpc.GossipService];
    server.addService(featuresGrpc.ServerFeaturesService, {
      getSupportedMethods: supportedMethods(version, services),
    });
    server.addService(gossipGrpc.GossipService, { read: readGossip(() => this.members) });
    const credentials = tls
      ? ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
        ])
      : ServerCredentials.createInsecure();
    this.boundPort = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${host}:${this.boundPort}`, credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.server = server;
  }

  /** Closes every connection at once. What was written stays: `listen` serves it again. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.forceShutdown();
  }
}
