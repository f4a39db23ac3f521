import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';

/** Whether this machine has a Redis server; `.ci/run` installs one. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** A real Redis server on a port of its own, which keeps nothing. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const server = new RedisServer((probe.address() as AddressInfo).port);
    probe.close();
    await once(probe, 'close');
    await server.listen();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.process = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    this.process.stdout?.on('data', (chunk: Buffer) => void (printed += chunk.toString()));
    await eventually(() => printed.includes('Ready to accept connections'));
  }

  /** Has it do what an operator asks of it. */
  async command(name: string, ...args: readonly string[]): Promise<void> {
    const redis = new Redis(this.url);
    await redis.call(name, ...args);
    redis.disconnect();
  }

  /** Ends it at once. `listen` starts it again, empty. */
  async stop(): Promise<void> {
    if (!this.process) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
    this.process = undefined;
  }
}
