import type { OfType } from '#lib/event-sourcing';
import type { ReceivedContent } from '../content.contract.js';
import { mediaOf } from '../content/kinds.js';
import type { MessageCommand } from '../message.commands.js';
import type { MessageEvent } from '../message.contract.js';
import type { MessageState } from '../message-state.rules.js';
import { laterOf } from '../progress.rules.js';
import type { FileTrouble } from '../received-file.contract.js';

type Data<Type extends MessageCommand['type']> = OfType<MessageCommand, Type>['data'];
type Decided = readonly MessageEvent[];

/** Whether a message that was received consists of a file that is to be fetched. */
export const hasFile = (content: ReceivedContent): boolean => mediaOf(content).length > 0;

/** A file that came after all overrules that it could not be had. */
export const fileFetched = ({ file, at }: Data<'RecordFileFetched'>, state: MessageState): Decided =>
  state.status === 'received' && (state.file === 'pending' || state.file === 'unavailable')
    ? [
        {
          type: 'MessageFileFetched',
          data: { ...state.owner, type: state.type, file, fetchedAt: laterOf(at, state.lastAt) },
        },
      ]
    : [];

export const fileUnavailable = ({ trouble, at }: Data<'RecordFileUnavailable'>, state: MessageState): Decided =>
  state.status === 'received' && state.file === 'pending'
    ? [{ type: 'MessageFileUnavailable', data: { ...state.owner, trouble, at: laterOf(at, state.lastAt) } }]
    : [];

/** Why a file cannot be had, for whoever reads the message. */
export const troubles = {
  expired: { code: 'expired', reason: 'WhatsApp no longer has the file, and neither does the phone' },
  tooLarge: { code: 'too_large', reason: 'The file is larger than this service takes' },
  damaged: { code: 'damaged', reason: 'The file is empty or damaged' },
  sessionDeleted: { code: 'session_deleted', reason: 'The session was deleted before the file was fetched' },
  failed: { code: 'download_failed', reason: 'The file could not be downloaded, although that was tried often' },
} as const satisfies { readonly [name: string]: FileTrouble };

/** Whether another attempt may have more success. */
export const mayComeLater = ({ code }: Pick<FileTrouble, 'code'>): boolean => code === 'download_failed';
