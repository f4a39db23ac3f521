import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Permission } from '../../platform/http/access.contract.js';
import type { Caller } from '../../platform/http/caller.js';
import { InvalidInput } from '../../platform/http/problem.js';
import { LiveReaders } from '../live-readers.js';
import { Opening, type Asked } from '../opening.js';
import { cursorText } from '../reading/cursor.js';
import { EventStream } from './event-stream.js';
import { CursorText } from './events.schemas.js';

type Who = { readonly caller: Caller; readonly permission: Permission; readonly userId: string | null };

/** Answers requests with a stream of events. */
@Injectable()
export class EventStreams {
  constructor(
    private readonly opening: Opening,
    private readonly readers: LiveReaders,
  ) {}

  /** Answers HEAD, too: with the headers alone. @throws {InvalidInput | DomainError} before anything is answered */
  async open(
    { caller, permission, userId }: Who,
    asked: Asked,
    lastEventId: string | undefined,
    { ip, method }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (lastEventId !== undefined && !CursorText.safeParse(lastEventId).success) {
      throw new InvalidInput([{ path: 'Last-Event-ID', message: 'Must be the id of an event of this stream' }]);
    }
    const resuming = lastEventId === undefined ? {} : { after: lastEventId };
    const { interest, from } = await this.opening.open(userId, { ...asked, ...resuming });
    if (EventStream.isTooLateFor(reply)) return void reply.hijack();
    const connection = new EventStream(reply, cursorText(from));
    if (method === 'HEAD') return connection.finish();
    connection.onClose(this.readers.add({ caller, ip, permission, interest, from, connection }));
  }
}
