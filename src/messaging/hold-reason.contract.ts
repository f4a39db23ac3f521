import { z } from 'zod';

/** Why a message waits longer than sending takes. */
export const HoldReason = z.enum([
  'session_offline',
  'session_logged_out',
  'user_inactive',
  'restored',
  'pacing',
  'quiet_hours',
  'new_contacts',
  'restricted',
  'whatsapp_busy',
  'not_sent',
  'file_unavailable',
  'unconfirmed',
]);
export type HoldReason = z.output<typeof HoldReason>;
