import type { OfType } from '#lib/event-sourcing';
import type { LinkPreview } from '../link-preview.contract.js';
import type { MessageCommand } from '../message.commands.js';
import type { MessageEvent } from '../message.contract.js';
import type { MessageState } from '../message-state.rules.js';
import { laterOf } from '../progress.rules.js';

/** The first result counts: later attempts send the same. */
export const previewDecided = (
  { result, at }: OfType<MessageCommand, 'RecordLinkPreview'>['data'],
  state: MessageState,
): readonly MessageEvent[] => {
  if (state.status !== 'queued' || state.preview !== null) return [];
  const data = { ...state.owner, recordedAt: laterOf(at, state.lastAt) };
  return 'preview' in result
    ? [{ type: 'LinkPreviewFetched', data: { ...data, preview: result.preview } }]
    : [{ type: 'LinkPreviewUnavailable', data: { ...data, reason: result.problem } }];
};

export const withPreview = (state: MessageState, found: LinkPreview | null, lastAt: string): MessageState =>
  state.status === 'queued' ? { ...state, preview: { found }, lastAt } : state;
