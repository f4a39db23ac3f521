import { request as requestPlain, type ClientRequest } from 'node:http';
import { request as requestSecure, type Agent as HttpsAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { callbackify } from 'node:util';
import { Agent as AgentBase, type AgentConnectOpts } from 'agent-base';
import { SocksClient } from 'socks';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { Proxy } from '../port.js';

type UsableProxy = Exclude<Proxy, { readonly unusable: string }>;

const connectTimeoutMs = 20_000;
const usualPorts: { readonly [protocol: string]: number } = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };

/** A proxy could not be used. The message says why, without its credentials. */
export class ProxyFailed extends Error {
  override readonly name = 'ProxyFailed';
}

type Target = { readonly hostname: string; readonly port: number; readonly servername?: string };

/** Opens connections by way of a proxy, encrypted ones where `secure`. The names of servers are looked up by the proxy. */
type ConnectThrough = (target: Target, secure: boolean) => Promise<Socket>;

const connectThrough = (proxy: Proxy, ca: string | undefined): ConnectThrough => {
  const encrypt = buildConnector({ timeout: connectTimeoutMs, ...(ca !== undefined && { ca }) });
  return async ({ servername, ...target }, secure) => {
    const tunnel = await openTunnel(proxy, target);
    if (!secure) return tunnel;
    const { hostname, port } = target;
    const named = servername !== undefined && servername !== '' && { servername };
    const options = { hostname, host: hostname, protocol: 'https:', port: String(port), httpSocket: tunnel, ...named };
    return new Promise((resolve, reject) => {
      encrypt(options, (error, socket) => (socket ? resolve(socket) : reject(error as Error)));
    });
  };
};

/** For the WebSocket. `onFailed` is told why the proxy could not be used. */
export const proxyAgent = (
  proxy: Proxy,
  ca: string | undefined,
  onFailed: (error: ProxyFailed) => void,
): HttpsAgent => {
  const connect = connectThrough(proxy, ca);
  return new (class extends AgentBase {
    override async connect(_request: ClientRequest, options: AgentConnectOpts): Promise<Socket> {
      try {
        const target = { hostname: options.host ?? '', port: Number(`${options.port}`) }; // the WebSocket gives it as text
        return await connect(target, options.secureEndpoint);
      } catch (error) {
        if (error instanceof ProxyFailed) onFailed(error);
        throw error;
      }
    }
  })() as unknown as HttpsAgent; // it serves both protocols
};

/** For files. */
export const proxyDispatcher = (proxy: Proxy, ca: string | undefined, timeouts: Agent.Options = {}): Dispatcher => {
  const connect = callbackify(connectThrough(proxy, ca));
  return new Agent({
    ...timeouts,
    connect: ({ hostname, port, protocol, servername }, done) => {
      const secure = protocol === 'https:';
      const target = { hostname, port: Number(port || (secure ? 443 : 80)), ...(servername && { servername }) };
      connect(target, secure, (error, socket) => (error ? done(error, null) : done(null, socket)));
    },
  });
};

/** Why the proxy could not be used, where that made a request fail. */
export const proxyFailureOf = (error: unknown): ProxyFailed | undefined => {
  if (error instanceof ProxyFailed) return error;
  return error instanceof Error && error.cause instanceof ProxyFailed ? error.cause : undefined;
};

const openTunnel = async (proxy: Proxy, target: Target): Promise<Socket> => {
  if ('unusable' in proxy) throw new ProxyFailed(`The proxy cannot be used: ${proxy.unusable}`);
  const url = new URL(proxy.url);
  return url.protocol === 'socks5:' ? tunnelBySocks(url, proxy.address, target) : tunnelByHttp(url, proxy, target);
};

const credentialsOf = ({ username, password }: URL): { readonly userId: string; readonly password: string } => ({
  userId: decodeURIComponent(username),
  password: decodeURIComponent(password),
});

const portOf = ({ protocol, port }: URL): number => Number(port) || (usualPorts[protocol] ?? 0);

const tunnelBySocks = async (url: URL, address: string, { hostname: host, port }: Target): Promise<Socket> => {
  const credentials = url.username === '' ? {} : credentialsOf(url);
  try {
    const { socket } = await SocksClient.createConnection({
      proxy: { host: address, port: portOf(url), type: 5, ...credentials },
      command: 'connect',
      destination: { host, port },
      timeout: connectTimeoutMs,
    });
    return socket;
  } catch (error) {
    // Not as its cause: that would hold the credentials.
    throw new ProxyFailed(`The proxy failed: ${messageOf(error)}`);
  }
};

const tunnelByHttp = (url: URL, { address, authorities }: UsableProxy, { hostname, port }: Target): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const authority = `${hostname}:${port}`;
    const { userId, password } = credentialsOf(url);
    const authorization = `Basic ${Buffer.from(`${userId}:${password}`).toString('base64')}`;
    const asked = (isSecure ? requestSecure : requestPlain)({
      host: address,
      port: portOf(url),
      ...(isSecure && isIP(url.hostname) === 0 && { servername: url.hostname }),
      ...(isSecure && authorities !== undefined && { ca: [...rootCertificates, authorities] }),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(url.username !== '' && { 'proxy-authorization': authorization }) },
      agent: false,
      timeout: connectTimeoutMs,
    });
    asked.once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      if (statusCode !== 200) {
        socket.destroy();
        return reject(new ProxyFailed(refusalOf(statusCode)));
      }
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.once('response', ({ statusCode = 0 }) => {
      asked.destroy();
      reject(new ProxyFailed(refusalOf(statusCode)));
    });
    asked.once('timeout', () => asked.destroy(new Error('it does not answer')));
    asked.once('error', (error) => reject(new ProxyFailed(`The proxy failed: ${messageOf(error)}`)));
    asked.end();
  });

const refusalOf = (status: number): string =>
  status === 407
    ? 'The proxy refused its credentials (HTTP status 407)'
    : `The proxy refused to connect to WhatsApp (HTTP status ${status})`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
