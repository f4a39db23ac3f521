import { Readable } from 'node:stream';
import { Controller, Get, Header, Inject, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Recorded } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import type { Log } from '#lib/subscriptions';
import { Permit } from '../../platform/http/permit.js';
import { cursorUnknown } from '../../platform/log-cursor.js';
import { Answers, Refuses } from '../../platform/openapi/answers.js';
import { LOG } from '../../platform/tokens.js';
import type { RecordFilter } from './record-filter.rules.js';
import { AnswersLines } from './answers-lines.js';
import { ndjson } from './ndjson.js';
import { RecordReading } from './record-reading.js';
import { ExportFilter, PageFilter, RecordPage } from './record.schemas.js';

const corrupt = { status: 500, code: 'event_corrupt', detail: 'Event 17 is corrupt: its checksum does not match' };
/** What is made of the export before the reader takes it. */
const maxAheadBytes = 64 * 1024;

/** All events, in the order in which they were recorded. */
@ApiTags('Record')
@Controller('v1/admin/events')
export class RecordController {
  constructor(
    private readonly reading: RecordReading,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Get()
  @Permit('admin:read')
  @ApiOperation({
    summary: 'Search the record: all events, the first one first',
    description:
      'A search that finds little ends after a second: the page then has fewer events than asked for, also none, and `next` goes on. Times are those at which events were recorded; a clock that was set back by more than a day is not reckoned with.',
  })
  @Answers(200, 'A page of events', RecordPage)
  @Refuses(cursorUnknown, corrupt)
  async search(
    @Query({ schema: PageFilter }) { after, limit, ...filter }: z.output<typeof PageFilter>,
  ): Promise<Page<Recorded> & { readonly position: number }> {
    const { events, position, isEnd } = await this.reading.slice(filterOf(filter), after, limit);
    return { data: events, next: isEnd ? null : String(position), position };
  }

  @Get('export')
  @Permit('admin:read')
  @Header('content-type', 'application/x-ndjson')
  @Header('content-disposition', 'attachment; filename="events.ndjson"')
  @ApiOperation({
    summary: 'Export the record: an event in each line (NDJSON)',
    description:
      'Up to the last event at the time of the request, as fast as it is read. Where a page cannot be read any more, the connection is cut: go on after the position of the last line.',
  })
  @AnswersLines()
  @Refuses(cursorUnknown, corrupt)
  async export(
    @Query({ schema: ExportFilter }) { after, ...filter }: z.output<typeof ExportFilter>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const lines = await ndjson(this.reading.pages(filterOf(filter), after)); // throws what keeps it from beginning
    const stream = Readable.from(lines, { objectMode: false, highWaterMark: maxAheadBytes });
    const requestId = reply.request.id;
    stream.on('error', (error) => this.log.error({ err: error, requestId }, 'An export of the record was cut off'));
    return stream;
  }
}

const filterOf = ({ type, category, ...rest }: Omit<z.output<typeof ExportFilter>, 'after'>): RecordFilter => ({
  ...rest,
  ...(type && { types: type }),
  ...(category && { categories: category }),
});
