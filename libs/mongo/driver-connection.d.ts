/** The part of the driver's connections that it does not publish, as far as it is used here. */
declare module 'mongodb/lib/cmap/connection.js' {
  import type { Socket } from 'node:net';

  export type WireCommand = { readonly toBin: () => Promise<readonly Uint8Array[]> };
  export type WriteOptions = { readonly agreedCompressor?: string };

  export class Connection {
    readonly closed: boolean;
    constructor(socket: Socket, options: object);
    writeCommand(command: WireCommand, options: WriteOptions): Promise<void>;
  }
}
