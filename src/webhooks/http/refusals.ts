import type { DocumentedProblem } from '../../platform/openapi/answers.js';
import { sessionRefusals } from '../../platform/http/session-refusals.js';

/** The problems that the routes of webhooks may answer, as they are documented. */
export const refusals = {
  ...sessionRefusals,
  webhookNotFound: { status: 404, code: 'webhook_not_found', detail: 'There is no such webhook' },
  deliveryNotFound: { status: 404, code: 'delivery_not_found', detail: 'There is no such delivery' },
  disabled: { status: 409, code: 'webhook_disabled', detail: 'The webhook is disabled: resume it first' },
  pending: { status: 409, code: 'delivery_pending', detail: 'The delivery is under way already' },
  periodInvalid: { status: 422, code: 'period_invalid', detail: 'The period ends before it begins' },
  limitReached: {
    status: 422,
    code: 'webhook_limit_reached',
    detail: 'You may have 20 webhooks: delete one first',
  },
  urlNotAllowed: {
    status: 422,
    code: 'url_not_allowed',
    detail: 'The address is private, or reserved: the operator has to allow it (WAYBILL_OUTBOUND_ALLOW)',
  },
} as const satisfies { readonly [name: string]: DocumentedProblem };
