/** When to connect again: at once, after a growing delay, or not before a person has done something about it. */
export type ReconnectPolicy = 'at_once' | 'later' | 'never';

export type DisconnectReason =
  | 'stopped'
  | 'logged_out'
  | 'temporarily_banned'
  | 'banned'
  | 'client_outdated'
  | 'connection_lost'
  | 'pairing_expired'
  | 'pairing_refused'
  | 'multidevice_mismatch'
  | 'connection_closed'
  | 'replaced'
  | 'server_error'
  | 'service_unavailable'
  | 'restart_required'
  | 'upgrade_refused'
  | 'proxy_failed'
  | 'unknown';

/** Why a connection ended. */
export type Disconnect = {
  readonly reason: DisconnectReason;
  /** WhatsApp's own code, or the HTTP status for `upgrade_refused`; null where there is none. */
  readonly code: number | null;
  /** A sentence for people. */
  readonly detail: string;
  readonly retry: ReconnectPolicy;
};

type Meaning = Omit<Disconnect, 'code'>;

const meanings: Readonly<Record<number, Meaning>> = {
  401: {
    reason: 'logged_out',
    retry: 'never',
    detail: 'The phone removed this device: the session must be linked again.',
  },
  402: { reason: 'temporarily_banned', retry: 'later', detail: 'WhatsApp has banned this account temporarily.' },
  403: { reason: 'banned', retry: 'never', detail: 'WhatsApp refused this account: it is banned or locked.' },
  405: {
    reason: 'client_outdated',
    retry: 'never',
    detail: 'WhatsApp no longer accepts this version of the service: update it.',
  },
  406: { reason: 'banned', retry: 'never', detail: 'WhatsApp has banned this account.' },
  408: { reason: 'connection_lost', retry: 'later', detail: 'WhatsApp could not be reached, or stopped answering.' },
  411: {
    reason: 'multidevice_mismatch',
    retry: 'never',
    detail: 'The phone does not support linked devices: update WhatsApp on it and link the session again.',
  },
  428: { reason: 'connection_closed', retry: 'later', detail: 'The connection to WhatsApp was closed.' },
  440: {
    reason: 'replaced',
    retry: 'never',
    detail: 'Another connection took over with the same credentials: run each session in one place only.',
  },
  500: { reason: 'server_error', retry: 'later', detail: 'WhatsApp ended the connection because of an error.' },
  501: { reason: 'server_error', retry: 'later', detail: 'WhatsApp ended the connection because of an error.' },
  503: { reason: 'service_unavailable', retry: 'later', detail: 'WhatsApp is overloaded or under maintenance.' },
  515: {
    reason: 'restart_required',
    retry: 'at_once',
    detail: 'WhatsApp asked for a new connection. The session stays linked.',
  },
};

/** The meaning of the code with which WhatsApp, or the client, ended a connection. */
export const disconnectOf = (code: number): Disconnect => ({
  ...(meanings[code] ?? {
    reason: 'unknown',
    retry: 'later',
    detail: `The connection ended with the unknown code ${code}.`,
  }),
  code,
});

/** Ends that WhatsApp did not cause, or that its codes do not distinguish. */
export const disconnects = {
  stopped: { reason: 'stopped', code: null, retry: 'never', detail: 'The session was stopped. It stays linked.' },
  forgotten: { reason: 'stopped', code: null, retry: 'never', detail: 'The session was deleted.' },
  loggedOut: { reason: 'logged_out', code: 401, retry: 'never', detail: 'The session was logged out.' },
  silent: {
    reason: 'connection_lost',
    code: 408,
    retry: 'later',
    detail: 'Nothing was heard from WhatsApp within the keep-alive window.',
  },
  loginTimedOut: {
    reason: 'connection_lost',
    code: 408,
    retry: 'later',
    detail: 'WhatsApp answered, but did not complete the login in time.',
  },
  notStored: {
    reason: 'connection_lost',
    code: null,
    retry: 'later',
    detail: 'The keys of the session could not be stored, so nothing could be sent or received safely.',
  },
  threadLost: {
    reason: 'connection_lost',
    code: null,
    retry: 'later',
    detail: 'The part of the service that is connected to WhatsApp failed, and is restarting.',
  },
  pairingExpired: {
    reason: 'pairing_expired',
    code: 408,
    retry: 'never',
    detail: 'Nobody linked the session in time: start it again for a new QR or pairing code.',
  },
  pairingRefused: (code: number): Disconnect => ({
    reason: 'pairing_refused',
    code,
    retry: 'never',
    detail:
      code === 429
        ? 'WhatsApp refused a pairing code, because too many were asked for (429): start the session again later, or link it by QR.'
        : `WhatsApp refused a pairing code (${code}): check the phone number, or link the session by QR.`,
  }),
  proxyFailed: (why: string): Disconnect => ({
    reason: 'proxy_failed',
    code: null,
    retry: 'later',
    detail: `${why}.`,
  }),
  upgradeRefused: (status: number): Disconnect => ({
    reason: 'upgrade_refused',
    code: status,
    retry: 'later',
    detail: `The server refused the WebSocket with HTTP status ${status}.`,
  }),
} satisfies Record<string, Disconnect | ((code: number) => Disconnect) | ((why: string) => Disconnect)>;
