import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { DomainError, type EventCodec, type Recorded } from '#lib/event-sourcing';
import type { StoredEvent } from '#lib/event-store';
import type { Page } from '#lib/read-models';
import { Permit } from '../platform/http/permit.js';
import { Answers, Refuses } from '../platform/openapi/answers.js';
import type { Stores } from '../platform/stores.js';
import { CODEC, STORES } from '../platform/tokens.js';
import { ByStream, RecordedEvents, StreamPaging } from './streams.schemas.js';

const notFound = { status: 404, code: 'stream_not_found', detail: 'There is no such stream' };

/** Single event streams, as they are stored. */
@ApiTags('Record')
@Controller('v1/admin/streams')
export class StreamsController {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    @Inject(CODEC) private readonly codec: EventCodec,
  ) {}

  @Get(':stream')
  @Permit('admin:read')
  @ApiOperation({ summary: 'Read the events of a stream, the first one first' })
  @Answers(200, 'A page of events', RecordedEvents)
  @Refuses(notFound)
  async read(
    @Param({ schema: ByStream }) { stream }: z.output<typeof ByStream>,
    @Query({ schema: StreamPaging }) { limit, cursor = 0 }: z.output<typeof StreamPaging>,
  ): Promise<Page<Recorded>> {
    const stored: StoredEvent[] = [];
    for await (const event of this.stores.events.readStream(stream, { from: cursor, limit: limit + 1 }))
      stored.push(event);
    if (stored.length === 0 && cursor === 0) throw new DomainError('not_found', notFound.code, notFound.detail);
    const next = stored.length > limit ? String(cursor + limit) : null;
    return { data: await this.codec.decode(stored.slice(0, limit)), next };
  }
}
