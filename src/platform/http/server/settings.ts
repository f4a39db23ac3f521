/** How the HTTP server treats its clients. What is absent is not bounded. */
export type HttpSettings = {
  /** Addresses or ranges (CIDR) of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies?: readonly string[];
  /** Within which a request must have arrived in full, and its headers. */
  readonly requestTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
  /** After which a connection without a request is closed. */
  readonly idleTimeoutMs?: number;
  readonly maxConnections?: number;
  /** Trusted proxies may have more. */
  readonly maxConnectionsPerAddress?: number;
  /** Whether it answers nothing but what monitoring asks. */
  readonly isForMonitoringOnly?: boolean;
};
