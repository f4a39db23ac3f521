/** The part of the driver's connections that it does not publish, as far as it is used here. */
declare module 'mongodb/lib/cmap/connection.js' {
  import type { Socket } from 'node:net';

  export class Connection {
    readonly closed: boolean;
    constructor(socket: Socket, options: object);
  }
}
