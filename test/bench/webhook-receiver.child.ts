import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes what is posted to it, and tells how many requests it has had whenever it is asked. */
let count = 0;
const server = createServer((request, answer) => {
  request.resume().once('end', () => {
    count += 1;
    answer.writeHead(204).end();
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ count }));
