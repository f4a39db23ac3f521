import { TestEnvironment } from 'jest-environment-node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';

/** What a file of tests has left for the next one that runs in this process. */
let left;

/** Starts a program that ends when this process does, however that ends, and does not keep it alive. */
const start = (program, args, env) => {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => void (printed += text));
    stream.unref();
  }
  child.unref();
  child.channel.unref();
  return {
    process: child,
    output: () => printed,
    /** The first message that it sends over its channel. */
    message: new Promise((resolve) => child.once('message', resolve)),
    end: once(child, 'close'),
  };
};

const take = () => {
  const taken = left;
  left = undefined;
  return taken;
};

const leave = (what) => void (left = what);

process.once('exit', () => {
  if (left === undefined) return;
  for (const { process: child } of [left.service, left.sandbox]) child.kill('SIGKILL');
  rmSync(left.directory, { recursive: true, force: true });
});

/** Lets files of tests that run one after the other in the same process use the same programs: nothing else that they have outlives a file. */
export default class SystemEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.kept = { start, take, leave };
  }
}
