import type { SessionStatus } from './session.contract.js';
import type { SessionMetadata, SessionSettings } from './settings.contract.js';

const statusesToConnect: readonly SessionStatus[] = [
  'initializing',
  'awaiting_scan',
  'connecting',
  'connected',
  'reconnecting',
];

/** Whether a session in this status has a connection, or should get one by itself. */
export const shouldBeConnected = (status: SessionStatus | 'none' | 'deleted'): boolean =>
  (statusesToConnect as readonly string[]).includes(status);

type Configuration = {
  readonly name: string | null;
  readonly settings: SessionSettings;
  readonly metadata: SessionMetadata;
};

export const isSameConfiguration = (one: Configuration, other: Configuration): boolean => textOf(one) === textOf(other);

const textOf = ({
  name,
  settings: { ignore, presence, downloadMedia, readReceipts, calls },
  metadata,
}: Configuration): string =>
  JSON.stringify([
    name,
    ignore,
    presence,
    downloadMedia,
    readReceipts,
    [calls.reject, calls.answer],
    Object.entries(metadata).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]);
