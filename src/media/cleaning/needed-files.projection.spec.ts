import { describe, expect, it } from '@jest/globals';
import { project, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import type { MessageEvent } from '../../messaging/message.contract.js';
import { neededFilesProjection } from './needed-files.projection.js';

const owner = {
  messageId: '0199aaaa-0000-7000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  chatId: '0199aaaa-0000-8000-8000-000000000004',
};
const at = '2026-01-02T03:04:05.600Z';
const [mediaId, sha256] = ['0199aaaa-0000-7000-8000-000000000005', 'ab'.repeat(32)];
const accepted = { ...owner, content: { type: 'document', mediaId, sha256 } };
const scheduled = { type: 'MessageScheduled', data: accepted } as unknown as MessageEvent;
const queued = { type: 'MessageQueued', data: accepted } as unknown as MessageEvent;

const after = (...events: readonly MessageEvent[]): Fields | undefined =>
  events
    .flatMap((event, revision) =>
      project(neededFilesProjection, { ...event, revision, position: revision } as Recorded),
    )
    .reduce<Fields | undefined>(applyWrite, undefined);

describe('the file of a message', () => {
  it('is needed while it is scheduled or queued, also after it was uploaded', () => {
    const document = { userId: owner.userId, mediaId, sha256 };
    expect(after(scheduled)).toEqual(document);
    expect(after(scheduled, queued)).toEqual(document);
    expect(after(queued, { type: 'MessageAttempted', data: { ...owner, attemptedAt: at } })).toEqual(document);
  });

  it.each<MessageEvent>([
    { type: 'MessageSent', data: { ...owner, type: 'document', sentAt: at, whatsappAt: null } },
    {
      type: 'MessageFailed',
      data: {
        ...owner,
        type: 'document',
        code: 'refused',
        reason: 'No.',
        retryable: false,
        givesBack: at,
        failedAt: at,
      },
    },
    { type: 'MessageCanceled', data: { ...owner, type: 'document', givesBack: at, canceledAt: at } },
  ])('is not needed any more after $type', (event) => {
    expect(after(queued, event)).toBeUndefined();
  });

  it('is none where a message consists of something else', () => {
    const text = { ...owner, content: { type: 'text', body: 'Hello', mentions: [] } };
    const events = [
      { type: 'MessageQueued', data: text },
      { type: 'MessageSent', data: { ...owner, type: 'text', sentAt: at, whatsappAt: null } },
    ] as unknown as readonly MessageEvent[];
    const writes = events.map((event) =>
      project(neededFilesProjection, { ...event, revision: 0, position: 0 } as Recorded),
    );
    expect(writes).toEqual([[], []]);
  });
});
