import type { Command } from '#lib/event-sourcing';

type ForSession<Data = object> = Data & { readonly sessionId: string };

/** `start` is the number of the session's start that it is for. A connection of an earlier start is ended first. */
export type StartConnection = Command<'StartConnection', ForSession<{ readonly start: number }>>;
/** Starts the connection when its time (ISO 8601) has come, if the session still waits for that time. */
export type ScheduleConnection = Command<'ScheduleConnection', ForSession<{ readonly dueAt: string }>>;
/** Does what the settings of the session say, where it is connected. `isNew`: it was connected just now. */
export type ConfigureConnection = Command<'ConfigureConnection', ForSession<{ readonly isNew: boolean }>>;
export type StopConnection = Command<'StopConnection', ForSession>;
/** Unlinks the device from the phone, if WhatsApp can be reached, and deletes what was stored. */
export type UnlinkConnection = Command<'UnlinkConnection', ForSession>;
/** Deletes what was stored, after WhatsApp itself ended the link. */
export type ForgetConnection = Command<'ForgetConnection', ForSession>;

/** Acts on the connection of a session. Changes nothing where that is done already, or where the session's state no longer asks for it. */
export type ConnectionCommand =
  StartConnection | ScheduleConnection | ConfigureConnection | StopConnection | UnlinkConnection | ForgetConnection;
