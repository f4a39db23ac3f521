import { Injectable } from '@nestjs/common';
import { keyedQueue } from '#lib/async';

/** A content of a user, which several of their files may have. */
export type ContentKey = { readonly userId: string; readonly sha256: string };

/** One at a time for each content: it is not removed while somebody stores it once more, and is between writing and recording it. */
@Injectable()
export class Contents {
  private readonly queue = keyedQueue();

  exclusively<Result>({ userId, sha256 }: ContentKey, work: () => Promise<Result>): Promise<Result> {
    return this.queue.run(`${userId} ${sha256}`, work);
  }
}
