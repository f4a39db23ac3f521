import { randomUUID } from 'node:crypto';
import type { EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Connection } from './connection.js';
import { AnswerEnded, commandError, NoAnswer } from './errors.js';

/** An append as it goes over the wire. */
type WireAppend = {
  readonly stream: string;
  readonly expected: number | 'no_stream';
  readonly events: readonly WireEvent[];
};

export type WireEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
};

type Call = { readonly client: EventStoreDBClient; readonly stream: ReturnType<StreamsClient['batchAppend']> };
type Waiting = { readonly resolve: (answer: BatchAppendResp) => void; readonly reject: (error: unknown) => void };

/** The server takes 4 MiB in a message. */
const maxMessageBytes = 3 * 1024 * 1024;

/**
 * All appends of the process, over one call: the server takes them in the order in which they were written. The client's own
 * `appendToStream` does the same, but when its call breaks under load it leaves a rejection that nobody handles, which ends the process;
 * and it waits for a lost answer without end.
 */
export class AppendCall {
  private readonly waiting = new Map<string, Waiting>();
  private call: Promise<Call> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly answerTimeoutMs: number,
  ) {}

  /** `sent` is called when the append has its place among the others. @throws {NoAnswer} it may be stored. */
  async append(append: WireAppend, sent: () => void): Promise<BatchAppendResp> {
    const { client, stream } = await this.connection.inTime((this.call ??= this.open()));
    const correlationId = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<BatchAppendResp>((resolve, reject) => {
        this.waiting.set(correlationId, { resolve, reject });
        timer = setTimeout(() => {
          reject(new NoAnswer(this.answerTimeoutMs));
          this.connection.renew(client);
          stream.cancel();
        }, this.answerTimeoutMs);
        for (const request of requestsFor(append, correlationId)) stream.write(request);
        sent();
      });
    } finally {
      clearTimeout(timer);
      this.waiting.delete(correlationId);
    }
  }

  async close(): Promise<void> {
    try {
      if (this.call) (await this.connection.inTime(this.call)).stream.cancel();
    } catch {
      // it was never open
    }
  }

  private async open(): Promise<Call> {
    try {
      const client = await this.connection.client();
      return await new Promise<Call>((resolve, reject) => {
        const begin = (grpc: StreamsClient, callArguments: Parameters<StreamsClient['batchAppend']>): Promise<void> => {
          const stream = grpc.batchAppend(...callArguments);
          resolve({ client, stream });
          return this.listen(stream);
        };
        this.connection.execute(client, streamsGrpc.StreamsClient, 'batchAppend', begin).then(
          () => this.ended(new AnswerEnded('The server ended a call')),
          (error: unknown) => {
            reject(error);
            this.ended(error);
          },
        );
      });
    } catch (error) {
      this.call = undefined;
      throw commandError(error);
    }
  }

  private listen(stream: Call['stream']): Promise<void> {
    return new Promise((resolve, reject) => {
      stream.on('data', (answer: BatchAppendResp) => {
        const id = answer.getCorrelationId()?.getString() ?? '';
        this.waiting.get(id)?.resolve(answer);
      });
      stream.on('end', resolve);
      stream.on('error', reject);
    });
  }

  /** Those that wait for an answer get none on this call. */
  private ended(error: unknown): void {
    this.call = undefined;
    for (const { reject } of this.waiting.values()) reject(commandError(error));
    this.waiting.clear();
  }
}

/** One message, or several where the events are too many for one. */
const requestsFor = (append: WireAppend, correlationId: string): readonly BatchAppendReq[] => {
  const requests: BatchAppendReq[] = [];
  const next = (): BatchAppendReq => {
    const request = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(correlationId));
    requests.push(request);
    return request;
  };
  let request = next().setOptions(optionsFor(append));
  let bytes = 0;
  for (const event of append.events) {
    const [data, metadata] = [Buffer.from(event.data, 'utf8'), Buffer.from(event.metadata, 'utf8')];
    const size = data.length + metadata.length + event.type.length;
    if (bytes > 0 && bytes + size > maxMessageBytes) [request, bytes] = [next(), 0];
    bytes += size;
    const message = new streams.BatchAppendReq.ProposedMessage().setId(new shared.UUID().setString(event.id));
    message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
    request.addProposedMessages(message.setData(data).setCustomMetadata(metadata));
  }
  request.setIsFinal(true);
  return requests;
};

const optionsFor = ({ stream, expected }: WireAppend): BatchAppendReq.Options => {
  const identifier = new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifier);
  return expected === 'no_stream'
    ? options.setNoStream(new emptyPb.Empty())
    : options.setStreamPosition(String(expected));
};
