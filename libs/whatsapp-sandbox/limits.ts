/** What one client may cost. A client beyond a limit is dropped; the others notice nothing. */
export type Limits = {
  /** Bytes of one encrypted frame, and of one node after inflation. */
  readonly frameBytes: number;
  /** Bytes of one frame while the client has not proved who it is. */
  readonly handshakeFrameBytes: number;
  /** Milliseconds from connect to the end of the handshake. Clients themselves give up after 20 seconds. */
  readonly handshakeMs: number;
  /** A single busy client of today sends 3,000: three for each message, a thousand messages a second. */
  readonly framesPerSecond: number;
  /** Bytes waiting for a client that does not read. */
  readonly unsentBytes: number;
  readonly connections: number;
  /** Milliseconds after which a client that says nothing is gone; healthy ones ask every half a minute whether the server is. */
  readonly idleMs: number;
  /** People that the sandbox knows. Beyond, a number that it has never seen is not on WhatsApp. */
  readonly accounts: number;
  /** Milliseconds that each of the six QR references lives. */
  readonly qrRefMs: number;
  /** Linked devices of one phone; WhatsApp allows four. */
  readonly devicesPerPhone: number;
  /** Messages that a phone remembers, and bytes of them; the oldest go first. */
  readonly messagesPerPhone: number;
  readonly messageBytesPerPhone: number;
  /** Bytes of what waits for one device that is away; what comes then is lost to it. */
  readonly waitingBytesPerDevice: number;
};

export const defaultLimits: Limits = {
  frameBytes: 2 ** 21,
  handshakeFrameBytes: 2 ** 14,
  handshakeMs: 20_000,
  framesPerSecond: 10_000,
  unsentBytes: 2 ** 25,
  connections: 1_000,
  idleMs: 300_000,
  accounts: 100_000,
  qrRefMs: 60_000,
  devicesPerPhone: 4,
  messagesPerPhone: 10_000,
  messageBytesPerPhone: 2 ** 26,
  waitingBytesPerDevice: 2 ** 26,
};
