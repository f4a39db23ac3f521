import { z } from 'zod';
import { event, eventTypes, type EventOf, type Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import { Description } from './description.contract.js';

const time = z.iso.datetime();
const ofBackup = { backupId: z.string() };
const made = Description.omit({ format: true, id: true });

/** Of the one stream of encrypted backups: one is made at a time. */
export const backupEvents = eventTypes('backups', {
  BackupRequested: event(z.object({ ...ofBackup, requestedAt: time })),
  /** It is whole and verified. */
  BackupMade: event(z.object({ ...ofBackup, made, madeAt: time })),
  BackupFailed: event(z.object({ ...ofBackup, reason: z.string(), failedAt: time })),
  /** It was being made when the copy was taken that this log was restored to: nobody makes it here. It is found where it is in the place. */
  BackupLeft: event(z.object({ ...ofBackup, leftAt: time })),
  /** It is not in the place of backups any more: it is no longer kept, or somebody took it away. */
  BackupRemoved: event(z.object({ ...ofBackup, removedAt: time })),
  /** It is there again. */
  BackupFound: event(z.object({ ...ofBackup, foundAt: time })),
  /** It is in the place of backups, and this service did not make it: the command line did. */
  BackupDiscovered: event(z.object({ ...ofBackup, made, discoveredAt: time })),
});
export type BackupEvent = EventOf<typeof backupEvents>;

type Made = Omit<Description, 'format' | 'id'>;

/** A backup as it is shown. What it has is null until it is made. */
export type BackupView = {
  readonly id: string;
  readonly status: 'running' | 'completed' | 'failed' | 'removed';
  readonly requestedAt: string;
  readonly endedAt: string | null;
  /** Why it failed. */
  readonly reason: string | null;
} & { readonly [field in 'takenAt' | 'archive' | 'sha256' | 'verified']: Made[field] | null } & {
  readonly [field in 'position' | 'events' | 'damaged' | 'bytes']: Made[field] | null;
} & { readonly holds: Made['holds'] | null };

export type ListBackups = Query<'ListBackups', { readonly limit: number; readonly cursor?: string }, Page<BackupView>>;
export type GetBackup = Query<'GetBackup', { readonly backupId: string }, BackupView>;
