import { Connection } from 'mongodb/lib/cmap/connection.js';
import type { Socket } from 'node:net';

/**
 * A connection of the driver on which every command ends. The driver's own (7.8.0, `writeCommand`) waits for the `drain` of its socket,
 * without a time-out, where a command is written in the turn of the event loop in which the server has closed the socket: no event follows.
 * Here the end of the socket counts as one, after which the driver finds it closed, and repeats the command or fails it.
 */
export class SettlingConnection extends Connection {
  constructor(socket: Socket, options: object) {
    super(socket, options);
    // The driver listens to `close` before this: the command finds the connection closed.
    socket.once('close', () => socket.emit('drain'));
  }
}
