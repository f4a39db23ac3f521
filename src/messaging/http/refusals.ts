import type { DocumentedProblem } from '../../platform/openapi/answers.js';

/** The problems that messaging's routes may answer, as they are documented. */
export const refusals = {
  messageNotFound: { status: 404, code: 'message_not_found', detail: 'There is no such message' },
  sessionNotFound: { status: 404, code: 'session_not_found', detail: 'There is no such session' },
  notCancelable: { status: 409, code: 'message_not_cancelable', detail: 'The message is sent already' },
  notOwn: {
    status: 409,
    code: 'message_not_own',
    detail: 'Only messages that were sent from here can be changed',
  },
  notSent: {
    status: 409,
    code: 'message_not_sent',
    detail: 'The message is not sent yet: cancel it instead',
  },
  notEditable: {
    status: 409,
    code: 'message_not_editable',
    detail: 'Only texts can be edited, and the message is of type location',
  },
  revoked: { status: 409, code: 'message_revoked', detail: 'The message is deleted' },
  tooLate: {
    status: 409,
    code: 'too_late',
    detail: 'WhatsApp takes edits only within 15 minutes after a message was sent.',
  },
  accountChanged: {
    status: 409,
    code: 'account_changed',
    detail: 'The session is linked to another number than the one that the message was sent from',
  },
  notReceived: {
    status: 409,
    code: 'message_not_received',
    detail: 'Only received messages are marked as read or played',
  },
  notFailed: { status: 409, code: 'message_not_failed', detail: 'Only a message that has failed is sent anew' },
  expired: { status: 409, code: 'message_expired', detail: 'The content of the message is gone: it is too old' },
  notForwardable: {
    status: 409,
    code: 'message_not_forwardable',
    detail: 'A message of type poll cannot be forwarded',
  },
  invalidRecipient: {
    status: 422,
    code: 'invalid_recipient',
    detail:
      'No message can be sent to this recipient. Must begin with the country code: +49 170 1234567 instead of 0170 1234567',
  },
  mentionAllNeedsGroup: {
    status: 422,
    code: 'mention_all_needs_group',
    detail: 'Everybody can be mentioned in groups only',
  },
  recipientsRequired: {
    status: 422,
    code: 'recipients_required',
    detail: 'A status post needs `recipients`: the people who get it',
  },
  recipientsNeedStatus: {
    status: 422,
    code: 'recipients_need_status',
    detail: 'Only a status post has recipients: use `to`',
  },
  notForStatus: {
    status: 422,
    code: 'not_for_status',
    detail: 'A status post cannot be edited: delete it, and post another one',
  },
  notForChannel: { status: 422, code: 'not_for_channel', detail: 'A post in a channel answers nothing' },
  styleNeedsStatus: {
    status: 422,
    code: 'style_needs_status',
    detail: 'Only a status post has a background colour or a font',
  },
  sessionNotLinked: {
    status: 422,
    code: 'session_not_linked',
    detail: 'The session is not linked to a WhatsApp account',
  },
  sessionRequired: {
    status: 422,
    code: 'session_required',
    detail: 'There are several sessions: say which by sessionId',
  },
  replyToNotFound: {
    status: 422,
    code: 'reply_to_not_found',
    detail: 'The message to reply to is not in this chat of the session',
  },
  replyToNotSent: {
    status: 422,
    code: 'reply_to_not_sent',
    detail: 'The message to reply to is canceled: nobody has received it',
  },
  replyToRevoked: { status: 422, code: 'reply_to_revoked', detail: 'The message to reply to is deleted' },
  replyToReaction: {
    status: 422,
    code: 'reply_to_reaction',
    detail: 'The message to reply to is a reaction, which nobody can answer',
  },
  scheduledTooFarAhead: {
    status: 422,
    code: 'scheduled_too_far_ahead',
    detail: 'A message can be scheduled at most 365 days ahead',
  },
  scheduledInThePast: {
    status: 422,
    code: 'scheduled_in_the_past',
    detail: 'The time for which it is scheduled has passed',
  },
  mediaNotFound: { status: 422, code: 'media_not_found', detail: 'There is no such file' },
  mediaUnavailable: {
    status: 502,
    code: 'media_unavailable',
    detail: 'WhatsApp no longer has the file, and neither does the phone. Asking again does not help.',
  },
  mediaTypeRefused: {
    status: 422,
    code: 'media_type_refused',
    detail: 'The file is text/html, and cannot be sent as image',
  },
  mediaTooLarge: {
    status: 422,
    code: 'media_too_large',
    detail: 'A file of this kind (image) may have at most 5242880 bytes',
  },
  mediaFetchFailed: {
    status: 422,
    code: 'media_fetch_failed',
    detail: 'The server answered with HTTP status 404',
  },
  urlNotAllowed: {
    status: 422,
    code: 'url_not_allowed',
    detail: 'The address is private, or reserved: the operator has to allow it (WAYBILL_OUTBOUND_ALLOW)',
  },
  converterMissing: {
    status: 422,
    code: 'converter_missing',
    detail: 'The file would have to be converted, and ffmpeg is not installed here',
  },
  conversionTimedOut: {
    status: 422,
    code: 'conversion_timed_out',
    detail: 'The file could not be converted within 300 seconds: send a shorter one, or convert it before',
  },
  quotaExceeded: {
    status: 429,
    code: 'daily_quota_exceeded',
    detail: '10000 messages a day are allowed, and they are used up',
  },
  minuteExceeded: {
    status: 429,
    code: 'messages_per_minute_exceeded',
    detail: '60 messages a minute are allowed for each session',
  },
  recipientsExceeded: {
    status: 429,
    code: 'daily_recipients_exceeded',
    detail: 'You may write to 100 new people a day, and have done so',
  },
  quotaReserved: {
    status: 429,
    code: 'quota_reserved',
    detail: 'Your messages that are being prepared may take all that is left of a limit: try again',
  },
  userNotFound: { status: 404, code: 'user_not_found', detail: 'There is no such user' },
} as const satisfies { readonly [name: string]: DocumentedProblem };
