import { z } from 'zod';
import { PacingSettings } from '../identity/pacing.contract.js';

/** What a session does besides sending and receiving. */
export const SessionSettings = z.object({
  /** Kinds of chats, and single chats (a number in E.164, or an address), of which nothing is recorded. */
  ignore: z.array(z.string()).readonly(),
  /** Whether the account is shown as online while the session is connected: the phone then stops notifying its owner. */
  presence: z.enum(['offline', 'online']),
  /** Whether received files are fetched as they come, or once somebody asks for them. */
  downloadMedia: z.enum(['always', 'on_demand']),
  /** Whether senders are told that their messages were read or played here. */
  readReceipts: z.boolean(),
  /** Whether calls are rejected, and what their callers are then sent. */
  calls: z.object({ reject: z.boolean(), answer: z.string().nullable() }),
  /** What is left out is as its user is set, or else the service. */
  pacing: PacingSettings.exactOptional(),
  /** Whether it reaches WhatsApp by way of a proxy. */
  proxySet: z.boolean(),
});

/** What a session is asked to be like from the start: the rest is as usual. */
export const AskedSettings = z.object({
  ignore: SessionSettings.shape.ignore.exactOptional(),
  presence: SessionSettings.shape.presence.exactOptional(),
  downloadMedia: SessionSettings.shape.downloadMedia.exactOptional(),
  readReceipts: SessionSettings.shape.readReceipts.exactOptional(),
  calls: SessionSettings.shape.calls.exactOptional(),
  pacing: SessionSettings.shape.pacing,
});

/** The URL of a proxy, sealed: it contains credentials. Null: none. */
export const SealedProxy = z.string().nullable();
export type SessionSettings = Readonly<z.output<typeof SessionSettings>>;
export type AskedSettings = Readonly<z.output<typeof AskedSettings>>;

export const usualSettings: SessionSettings = {
  ignore: [],
  presence: 'offline',
  downloadMedia: 'always',
  readReceipts: true,
  calls: { reject: false, answer: null },
  pacing: {},
  proxySet: false,
};

/** The caller's own data: nothing here reads it. */
export const SessionMetadata = z.record(z.string(), z.string());
export type SessionMetadata = Readonly<z.output<typeof SessionMetadata>>;
