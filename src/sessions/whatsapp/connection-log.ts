import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../../platform/tokens.js';
import { REPORTS, type Reports } from '../reports.contract.js';

/** Tells the operator in the log which sessions have lost their connection, and which will not connect again by themselves. */
@Injectable()
export class ConnectionLog {
  constructor(@Inject(REPORTS) reports: Reports, @Inject(LOG) log: Log) {
    reports.observe(['closed'], (sessionId, { disconnect: { reason, code, detail, retry } }) => {
      const about = { sessionId, reason, code };
      if (reason === 'stopped' || retry === 'at_once') return;
      if (retry === 'later') log.info(about, `A session lost its connection, and connects again: ${detail}`);
      else if (reason === 'logged_out' || reason === 'pairing_expired') log.info(about, `A session ended: ${detail}`);
      else log.warn(about, `A session failed: ${detail}`);
    });
  }
}
