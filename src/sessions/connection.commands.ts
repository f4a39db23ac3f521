import type { Command } from '#lib/event-sourcing';

type ForSession<Data = object> = Data & { readonly sessionId: string };

/** For one start of the session, counted from 1: a connection of an earlier start is ended first. */
export type StartConnection = Command<'StartConnection', ForSession<{ readonly start: number }>>;
/** Starts the connection when its time (ISO 8601) has come, if the session still waits for that time. */
export type ScheduleConnection = Command<'ScheduleConnection', ForSession<{ readonly dueAt: string }>>;
export type StopConnection = Command<'StopConnection', ForSession>;
/** Takes the device off the phone's list, where WhatsApp can be told, and deletes what was stored. */
export type UnlinkConnection = Command<'UnlinkConnection', ForSession>;
/** Deletes what was stored: WhatsApp itself ended the link. */
export type ForgetConnection = Command<'ForgetConnection', ForSession>;

/** What is done with the connection of a session. Does nothing where it is done, or the session's state no longer asks for it. */
export type ConnectionCommand =
  StartConnection | ScheduleConnection | StopConnection | UnlinkConnection | ForgetConnection;
