import { pacingText } from '../identity/pacing.contract.js';
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

/** Why a session is not connected any more whose process is gone. */
export const interruption = {
  reason: 'service_restarted',
  code: null,
  detail: 'The service was restarted. The session is being connected again.',
};

type Configuration = {
  readonly name: string | null;
  readonly settings: SessionSettings;
  readonly proxy: string | null;
  readonly metadata: SessionMetadata;
};

export const isSameConfiguration = (one: Configuration, other: Configuration): boolean => textOf(one) === textOf(other);

const textOf = ({
  name,
  settings: { ignore, presence, downloadMedia, readReceipts, calls, pacing = {} },
  proxy,
  metadata,
}: Configuration): string =>
  JSON.stringify([
    name,
    ignore,
    presence,
    downloadMedia,
    readReceipts,
    [calls.reject, calls.answer],
    pacingText(pacing),
    proxy,
    Object.entries(metadata).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ]);
