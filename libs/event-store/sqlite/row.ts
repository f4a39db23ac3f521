import { crc32 } from 'node:zlib';
import { readMetadata } from '../copied.js';
import type { StoredEvent } from '../port.js';

/** A row of the table of events, in the order of `columns`. */
export type EventRow = readonly [
  position: number,
  stream: string,
  revision: number,
  type: string,
  id: string,
  data: string,
  metadata: string,
  recordedAt: number,
  checksum: number,
];

export const columns = 'position, stream, revision, type, id, data, metadata, recorded_at, checksum';

/** A checksum over all fields of an event. */
export const checksumOf = (
  position: number,
  stream: string,
  revision: number,
  type: string,
  id: string,
  data: string,
  metadata: string,
  recordedAt: number,
): number => crc32(`${position} ${stream} ${revision} ${type} ${id} ${recordedAt} ${data} ${metadata}`);

/** Whether a row matches its checksum. */
export const isIntact = (row: EventRow): boolean =>
  row[8] === checksumOf(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]);

/** The event of an intact row. */
export const eventOf = ([position, stream, revision, type, id, data, metadata, recordedAt]: EventRow): StoredEvent =>
  eventFrom({ position, stream, revision, type, id, data, metadata, recordedAt });

/** An event from its columns. `recordedAt` is in milliseconds. */
export const eventFrom = ({
  data,
  metadata,
  recordedAt,
  ...rest
}: {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly id: string;
  readonly data: string;
  readonly metadata: string;
  readonly recordedAt: number;
}): StoredEvent => ({
  id: rest.id,
  type: rest.type,
  data: JSON.parse(data) as unknown,
  stream: rest.stream,
  revision: rest.revision,
  position: rest.position,
  ...readMetadata(JSON.parse(metadata) as StoredEvent['metadata'], isoTime(recordedAt)),
});

/** Events of one commit share their time, and formatting it costs as much as parsing their data. */
let lastTime = 0;
let lastText = new Date(0).toISOString();
const isoTime = (time: number): string => {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString();
    lastTime = time;
  }
  return lastText;
};
