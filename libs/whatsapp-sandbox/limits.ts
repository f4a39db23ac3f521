/** What one client may cost. A client beyond a limit is dropped; the others notice nothing. */
export type Limits = {
  /** Bytes of one encrypted frame, and of one node after inflation. */
  readonly frameBytes: number;
  /** Bytes of one frame while the client has not proved who it is. */
  readonly handshakeFrameBytes: number;
  /** Milliseconds from connect to the end of the handshake. */
  readonly handshakeMs: number;
  readonly framesPerSecond: number;
  /** Bytes waiting for a client that does not read. */
  readonly unsentBytes: number;
  readonly connections: number;
  /** Milliseconds that each of the six QR references lives. */
  readonly qrRefMs: number;
  /** Linked devices of one phone; WhatsApp allows four. */
  readonly devicesPerPhone: number;
  /** Messages that a phone remembers; the oldest go first. */
  readonly messagesPerPhone: number;
};

export const defaultLimits: Limits = {
  frameBytes: 2 ** 21,
  handshakeFrameBytes: 2 ** 14,
  handshakeMs: 10_000,
  framesPerSecond: 2_000,
  unsentBytes: 2 ** 25,
  connections: 1_000,
  qrRefMs: 60_000,
  devicesPerPhone: 4,
  messagesPerPhone: 10_000,
};
