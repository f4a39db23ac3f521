import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Expected } from './commit-check.js';
import { deletedStream, type LogRecord, type Proposed } from './log.js';
import { invalidArgument, missingMetadata, unknownHere } from './rpc-errors.js';

const contentTypes = { json: 'application/json', bytes: 'application/octet-stream' };
const ticksPerMs = 10_000n;
const utf8 = new TextDecoder('utf-8', { fatal: true });

export const streamName = (identifier: StreamIdentifier | undefined): string => {
  const name = utf8.decode(identifier?.getStreamName_asU8() ?? new Uint8Array());
  if (name === '') throw invalidArgument('The request names no stream');
  return name;
};

export const identifierOf = (stream: string): StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));

/** The text of a UUID, which a client may send as text or as two numbers. */
export const uuidText = (uuid: UUID | undefined): string => {
  const structured = uuid?.getStructured();
  const text = structured
    ? [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
        .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
        .join('')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : (uuid?.getString() ?? '').toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) throw invalidArgument(`'${text}' is not a UUID`);
  return text;
};

/** The expectation of a write: every request has the same four choices, under two names. */
export const expectedOf = (options: {
  readonly revision: string | undefined;
  readonly any: boolean;
  readonly noStream: boolean;
  readonly streamExists: boolean;
}): Expected => {
  if (options.revision !== undefined) return Number(options.revision);
  if (options.any) return 'any';
  if (options.noStream) return 'no_stream';
  if (options.streamExists) return 'stream_exists';
  throw invalidArgument('The request says nothing of the expected revision');
};

/** What the requests for one event and for a batch of them have in common. */
type ProposedMessage = {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined; toArray(): [string, string][] };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
};

export const proposedOf = (message: ProposedMessage): Proposed => {
  const properties = message.getMetadataMap();
  const [type, contentType] = ['type', 'content-type'].map((key) => {
    const value = properties.get(key);
    if (value === undefined) throw missingMetadata(key);
    return value;
  }) as [string, string];
  if (!Object.values(contentTypes).includes(contentType)) throw unknownHere(`Content type ${contentType}`);
  const isJson = contentType === contentTypes.json;
  const [data, metadata] = [message.getData_asU8(), message.getCustomMetadata_asU8()];
  return { id: uuidText(message.getId()), type, isJson, data, metadata };
};

/** What an event counts towards the maximum size of an append. */
export const sizeOnDisk = ({ type, data, metadata }: Proposed): number =>
  type.length * 2 + data.length + metadata.length;

/** The answers for records that were sent before: most are sent to several readers. */
const eventMessages = new WeakMap<LogRecord, ReadResp>();
const answerBytes = new WeakMap<ReadResp, Buffer>();

/** Bytes of an answer to a read. */
export const bytesOfAnswer = (answer: ReadResp): Buffer => {
  const bytes = answerBytes.get(answer) ?? Buffer.from(answer.serializeBinary());
  if (answer.hasEvent()) answerBytes.set(answer, bytes);
  return bytes;
};

export const eventMessage = (record: LogRecord): ReadResp => {
  const known = eventMessages.get(record);
  if (known?.getEvent()?.getEvent()?.getData() === record.data) return known; // tests damage records
  const message = newEventMessage(record);
  eventMessages.set(record, message);
  return message;
};

const newEventMessage = (record: LogRecord): ReadResp => {
  const isTombstone = record.type === '$streamDeleted';
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(record.id))
    .setStreamIdentifier(identifierOf(record.stream))
    .setStreamRevision(isTombstone ? String(deletedStream) : String(record.revision))
    .setCommitPosition(String(record.position))
    .setPreparePosition(String(record.position))
    .setData(record.data)
    .setCustomMetadata(record.metadata);
  event
    .getMetadataMap()
    .set('type', record.type)
    .set('created', String(BigInt(record.created) * ticksPerMs))
    .set('content-type', record.isJson ? contentTypes.json : contentTypes.bytes);
  const message = new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(record.position));
  return new streams.ReadResp().setEvent(message);
};

export const checkpointMessage = (position: { readonly commit: number; readonly prepare: number }): ReadResp =>
  new streams.ReadResp().setCheckpoint(
    new streams.ReadResp.Checkpoint()
      .setCommitPosition(String(position.commit))
      .setPreparePosition(String(position.prepare)),
  );
