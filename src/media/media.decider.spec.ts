import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { MediaEvent } from './media.contract.js';
import { mediaDecider } from './media.decider.js';

const at = '2026-01-02T03:04:05.600Z';
const media = {
  mediaId: '0199aaaa-0000-7000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sha256: 'ab'.repeat(32),
  size: 1200,
  mimeType: 'image/png',
  fileName: 'gate.png',
  width: 40,
  height: 30,
  seconds: null,
  source: 'upload',
  storedAt: at,
} as const;
const { mediaId, userId } = media;
const stored: MediaEvent = { type: 'MediaStored', data: media };
const cleaned: MediaEvent = { type: 'MediaCleaned', data: { mediaId, userId, why: 'age', cleanedAt: at } };
const clean = { type: 'RecordMediaCleaned', data: { mediaId, why: 'age', at } } as const;
const given = givenEvents(mediaDecider);

describe('a file', () => {
  it('is stored once: the same id again changes nothing', () => {
    given([]).when({ type: 'RecordMediaStored', data: media }).then([stored]);
    given([stored])
      .when({ type: 'RecordMediaStored', data: { ...media, fileName: 'other.png' } })
      .then([]);
    given([stored, cleaned]).when({ type: 'RecordMediaStored', data: media }).then([]);
  });

  it('is cleaned once', () => {
    given([stored]).when(clean).then([cleaned]);
    given([stored, cleaned]).when(clean).then([]);
    given([stored, cleaned])
      .when({ type: 'RecordMediaCleaned', data: { mediaId, why: 'room', at } })
      .then([]);
  });

  it('is not cleaned where there is none', () => {
    given([]).when(clean).refused('media_not_found');
  });
});
