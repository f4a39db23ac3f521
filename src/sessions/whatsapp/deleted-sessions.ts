import { Injectable } from '@nestjs/common';
import { Streams } from '../../platform/streams/streams.js';
import { sessionDecider } from '../session.decider.js';

/** The sessions that were deleted, as the log has it now. */
@Injectable()
export class DeletedSessions {
  constructor(private readonly streams: Streams) {}

  /** @throws {StoreUnavailable} */
  async has(sessionId: string): Promise<boolean> {
    return (await this.streams.state(sessionDecider, sessionId)).state.status === 'deleted';
  }
}
