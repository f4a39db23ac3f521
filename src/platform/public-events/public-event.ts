import { z } from 'zod';

/** An event as users get it, by webhook and live. */
export type PublicEvent = {
  /** `evt_…`: fixed by the event of the log that it follows from, however often it is made. */
  readonly id: string;
  readonly type: string;
  readonly userId: string;
  /** Null where it belongs to no session. */
  readonly sessionId: string | null;
  /** Null where it belongs to no chat. */
  readonly chatId: string | null;
  /** The jid of that chat. */
  readonly chat: string | null;
  /** The file that its body names, if any. */
  readonly mediaId: string | null;
  /** Of the event of the log. */
  readonly position: number;
  /** Where readers go on after it. Several public events of one position have different ones. */
  readonly cursor: string;
  /** What is sent: JSON, as `envelopeOf` says. Bounded by what the log takes as one event. */
  readonly body: string;
};

/** The schema of a body. `data` is the resource as the API shows it, as it was when the event happened. */
export const envelopeOf = (type: string, description: string, data: z.ZodObject) =>
  z
    .object({
      id: z.string().describe('Fixed: the same each time that this event is sent.'),
      type: z.literal(type),
      timestamp: z.iso.datetime().describe('When it was recorded.'),
      userId: z.uuid(),
      sessionId: z.uuid().nullable(),
      session: z
        .object({
          id: z.uuid(),
          name: z.string().nullable(),
          phoneNumber: z.string().nullable(),
          metadata: z.record(z.string(), z.string()),
        })
        .nullable()
        .meta({ id: 'EventSession' }),
      data,
    })
    .meta({ description });
