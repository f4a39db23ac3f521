import { connect, type Socket } from 'node:net';
import type { ReadersAnswer, ReadersOrder } from './live-readers.js';

/** Reads streams of events on many connections, without a look at what is in them: it only counts. */
const sockets: Socket[] = [];
let open = 0;
let events = 0;

/** Every event has one such line, and nothing else in a stream has it. */
const mark = Buffer.from('\ndata: {"id":');
const status = Buffer.from('HTTP/1.1 200');

const countIn = (chunk: Buffer): number => {
  let count = 0;
  for (let at = chunk.indexOf(mark); at >= 0; at = chunk.indexOf(mark, at + mark.length)) count += 1;
  return count;
};

const read = (port: number, request: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    sockets.push(socket);
    let rest = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      if (rest.length === 0 && chunk.subarray(0, status.length).equals(status)) {
        open += 1;
        resolve();
      }
      const text = Buffer.concat([rest, chunk]);
      events += countIn(text);
      rest = Buffer.from(text.subarray(-mark.length + 1));
    });
  });

process.on('message', (order: ReadersOrder) => {
  void (async () => {
    if ('connections' in order) {
      const { port, request, connections } = order;
      for (let first = 0; first < connections; first += 50) {
        const next = Array.from({ length: Math.min(50, connections - first) }, () => read(port, request));
        await Promise.all(next);
      }
    }
    const answer: ReadersAnswer = { open, events };
    process.send?.(answer);
  })();
});
