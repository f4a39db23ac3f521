import type { Command } from '#lib/event-sourcing';

type ForSession<Data = object> = Data & { readonly sessionId: string };

/** `anew` ends the connection that is there first. */
export type StartConnection = Command<'StartConnection', ForSession<{ readonly anew: boolean }>>;
/** Starts the connection when its time (ISO 8601) has come. */
export type ScheduleConnection = Command<'ScheduleConnection', ForSession<{ readonly dueAt: string }>>;
export type StopConnection = Command<'StopConnection', ForSession>;
/** Takes the device off the phone's list, where WhatsApp can be told, and deletes what was stored. */
export type UnlinkConnection = Command<'UnlinkConnection', ForSession>;
/** Deletes what was stored: WhatsApp itself ended the link. */
export type ForgetConnection = Command<'ForgetConnection', ForSession>;

/** What is done with the connection of a session. Does nothing where the session's state no longer asks for it. */
export type ConnectionCommand =
  StartConnection | ScheduleConnection | StopConnection | UnlinkConnection | ForgetConnection;
