/** Limits per client and for the sandbox as a whole. A client that exceeds one is disconnected; others are not affected. */
export type Limits = {
  /** Largest encrypted frame, and largest node after decompression. */
  readonly frameBytes: number;
  /** Largest frame before the client is authenticated. */
  readonly handshakeFrameBytes: number;
  /** Time from connect to the end of the handshake. Clients themselves give up after 20 seconds. */
  readonly handshakeMs: number;
  /** A busy client sends 3,000: three frames per message, a thousand messages per second. */
  readonly framesPerSecond: number;
  /** Bytes buffered for a client that does not read. */
  readonly unsentBytes: number;
  readonly connections: number;
  /** A client that sends nothing for this long is disconnected. Healthy clients ping every 30 seconds. */
  readonly idleMs: number;
  /** Once this many accounts exist, unknown numbers are not on WhatsApp. */
  readonly accounts: number;
  /** QR references that a client that is not linked gets: it shows one after another, and gives up after the last. WhatsApp sends six. */
  readonly qrRefs: number;
  /** Lifetime of each of them. */
  readonly qrRefMs: number;
  /** Linked devices of one phone; WhatsApp allows four. */
  readonly devicesPerPhone: number;
  /** A phone keeps this many messages and bytes of messages; the oldest are dropped first. */
  readonly messagesPerPhone: number;
  readonly messageBytesPerPhone: number;
  /** Bytes queued for one offline device; what arrives beyond that is lost. */
  readonly waitingBytesPerDevice: number;
};

export const defaultSandboxLimits: Limits = {
  frameBytes: 2 ** 21,
  handshakeFrameBytes: 2 ** 14,
  handshakeMs: 20_000,
  framesPerSecond: 10_000,
  unsentBytes: 2 ** 25,
  connections: 1_000,
  idleMs: 300_000,
  accounts: 100_000,
  qrRefs: 6,
  qrRefMs: 60_000,
  devicesPerPhone: 4,
  messagesPerPhone: 10_000,
  messageBytesPerPhone: 2 ** 26,
  waitingBytesPerDevice: 2 ** 26,
};
