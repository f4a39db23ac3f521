import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Streams of events by hand: whatever it is told goes to everybody who reads. */
const readers = new Set<ServerResponse>();
const server = createServer((_request, answer) => {
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  answer.write('retry: 2000\n\n');
  readers.add(answer);
  answer.once('close', () => readers.delete(answer));
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

let id = 0;
process.on('message', ({ body, events }: { readonly body: string; readonly events: number }) => {
  for (let count = 0; count < events; count += 1) {
    setImmediate(() => {
      id += 1;
      for (const reader of readers) reader.write(`id: ${id}\ndata: ${body}\n\n`);
    });
  }
});
