import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { RestorationCommand } from './restoration.commands.js';
import type { RestorationEvent } from './restoration.contract.js';
import { restorationDecider } from './restoration.decider.js';

const at = '2026-11-29T10:00:00.000Z';
const source = { backupId: 'b1', takenAt: '2026-11-29T02:00:00.000Z', position: 4711, restoredAt: at };
const { restoredAt } = source;
const restored: RestorationEvent = { type: 'ServiceRestored', data: source };
const requested: RestorationEvent = { type: 'ServiceResumeRequested', data: { restoredAt, requestedAt: at } };
const resumed = (queued: 'send' | 'cancel'): RestorationEvent => ({
  type: 'ServiceResumed',
  data: { restoredAt, queued, resumedAt: at },
});
const resume = (queued: 'send' | 'cancel'): RestorationCommand => ({ type: 'ResumeService', data: { queued, at } });
const canceled: RestorationCommand = { type: 'RecordServiceResumed', data: { restoredAt, at } };
const service = given(restorationDecider);

describe('a service that was restored from a backup', () => {
  it('goes on at once where what waits is to be sent', () => {
    service([restored])
      .when(resume('send'))
      .then([resumed('send')]);
  });

  it('goes on only once what waits is canceled, where that is asked', () => {
    service([restored]).when(resume('cancel')).then([requested]);
    service([restored, requested])
      .when(canceled)
      .then([resumed('cancel')]);
  });

  it('is resumed once: the same word again changes nothing, another one is refused', () => {
    service([restored, resumed('send')])
      .when(resume('send'))
      .then([]);
    service([restored, requested]).when(resume('cancel')).then([]);
    service([restored, requested]).when(resume('send')).refused('resumed_already');
    service([restored, resumed('cancel')])
      .when(resume('send'))
      .refused('resumed_already');
  });

  it('is not resumed by what was canceled after an earlier restoration', () => {
    const later = { ...source, restoredAt: '2026-11-30T10:00:00.000Z' };
    service([restored, requested, { type: 'ServiceRestored', data: later }])
      .when(canceled)
      .then([]);
    service([restored, { type: 'ServiceRestored', data: later }])
      .when(canceled)
      .then([]);
  });

  it('waits again where it is restored again', () => {
    const again: RestorationEvent = {
      type: 'ServiceRestored',
      data: { ...source, restoredAt: '2026-11-30T10:00:00.000Z' },
    };
    service([restored, resumed('send')])
      .when({ type: 'RecordServiceRestored', data: again.data })
      .then([again]);
    service([restored]).when({ type: 'RecordServiceRestored', data: source }).then([]);
  });
});

describe('a restore that is run again', () => {
  const later = { ...source, restoredAt: '2026-11-30T10:00:00.000Z' };
  const record = (data: typeof source): RestorationCommand => ({ type: 'RecordServiceRestored', data });

  it('is recorded once where the same backup is put back, and nobody has said anything since', () => {
    service([restored]).when(record(later)).then([]);
  });

  it('is recorded again where it is another backup, or an admin has said something of the copy before', () => {
    const other = { ...later, backupId: 'b2' };
    service([restored])
      .when(record(other))
      .then([{ type: 'ServiceRestored', data: other }]);
    service([restored, requested])
      .when(record(later))
      .then([{ type: 'ServiceRestored', data: later }]);
  });
});

describe('a service that was never restored', () => {
  it('has nothing to be resumed', () => {
    service([]).when(resume('send')).refused('not_restored');
  });
});
