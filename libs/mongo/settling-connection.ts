import { Connection, type WireCommand, type WriteOptions } from 'mongodb/lib/cmap/connection.js';
import mongoose from 'mongoose';
import type { Socket } from 'node:net';
import { isNativeError } from 'node:util/types';

const { MongoNetworkError } = mongoose.mongo;

/**
 * A connection of the driver on which every command ends, and fails as what it is. The driver's own (7.8.0, `writeCommand`) waits for the `drain` of
 * its socket, without a time-out, where a command is written in the turn of the event loop in which the server has closed the socket: no event follows.
 * Here the end of the socket counts as one, after which the driver finds it closed, and repeats the command or fails it. And where the socket fails
 * meanwhile, the driver passes on Node's own error, which nobody takes for one of the network.
 */
export class SettlingConnection extends Connection {
  constructor(socket: Socket, options: object) {
    super(socket, options);
    // The driver listens to `close` before this: the command finds the connection closed.
    socket.once('close', () => socket.emit('drain'));
  }

  override async writeCommand(command: WireCommand, options: WriteOptions): Promise<void> {
    try {
      await super.writeCommand(command, options);
    } catch (error) {
      throw isOfSocket(error) ? new MongoNetworkError(error.message, { cause: error }) : error;
    }
  }
}

/** Node's errors of sockets name what failed (`EPIPE`), which those of the driver and of a signal do not. */
const isOfSocket = (error: unknown): error is NodeJS.ErrnoException =>
  isNativeError(error) && /^E[A-Z]+$|^ERR_STREAM_/.test(String((error as NodeJS.ErrnoException).code));
