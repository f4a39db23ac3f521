import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { BackupCommand } from './backup.commands.js';
import type { BackupEvent } from './backup.contract.js';
import { backupsDecider } from './backup.decider.js';

const at = '2026-11-29T02:00:00.000Z';
const [first, second] = ['0199a3c4-1f00-7000-8000-00000000000a', '0199a3c4-1f00-7000-8000-00000000000b'] as const;
const made = {
  takenAt: at,
  position: 10,
  events: 10,
  damaged: 0,
  archive: 'waybill.tar.gz.age',
  bytes: 100,
  sha256: 'ab',
  holds: ['log' as const],
  media: { files: 0, bytes: 0 },
  verified: 'read' as const,
};
const request = (backupId: string): BackupCommand => ({ type: 'RequestBackup', data: { backupId, at } });
const requested = (backupId: string): BackupEvent => ({ type: 'BackupRequested', data: { backupId, requestedAt: at } });
const completed: BackupEvent = { type: 'BackupMade', data: { backupId: first, made, madeAt: at } };
const failed: BackupEvent = { type: 'BackupFailed', data: { backupId: first, reason: 'Full.', failedAt: at } };
const removed: BackupEvent = { type: 'BackupRemoved', data: { backupId: first, removedAt: at } };
const found: BackupEvent = { type: 'BackupFound', data: { backupId: first, foundAt: at } };
const inPlace = (...backupIds: readonly string[]): BackupCommand => ({
  type: 'RecordBackupsInPlace',
  data: { backupIds, own: [], at },
});
const described = (backupId: string): BackupCommand => ({
  type: 'RecordBackupsInPlace',
  data: { backupIds: [backupId], own: [{ backupId, made }], at },
});
const discovered = (backupId: string): BackupEvent => ({
  type: 'BackupDiscovered',
  data: { backupId, made, discoveredAt: at },
});
const backups = given(backupsDecider);

describe('backups', () => {
  it('are made one at a time', () => {
    backups([])
      .when(request(first))
      .then([requested(first)]);
    backups([requested(first)])
      .when(request(first))
      .then([]);
    backups([requested(first)])
      .when(request(second))
      .refused('backup_running');
    for (const ended of [completed, failed])
      backups([requested(first), ended])
        .when(request(second))
        .then([requested(second)]);
  });

  it('end once', () => {
    const complete: BackupCommand = { type: 'RecordBackupMade', data: { backupId: first, made, at } };
    backups([requested(first)])
      .when(complete)
      .then([completed]);
    backups([requested(first), failed])
      .when(complete)
      .then([]);
    backups([requested(first), completed])
      .when({ type: 'RecordBackupFailed', data: { backupId: first, reason: 'Full.', at } })
      .then([]);
  });

  it('do not go on in a restored copy: the one that it comes from is made, any other is left to the original', () => {
    const end = (backupId: string | null): BackupCommand => ({
      type: 'EndBackupInCopy',
      data: { from: backupId === null ? null : { backupId, made }, at },
    });
    const left: BackupEvent = { type: 'BackupLeft', data: { backupId: first, leftAt: at } };
    backups([requested(first)])
      .when(end(first))
      .then([completed]);
    backups([requested(first)])
      .when(end(second))
      .then([left]);
    backups([requested(first)])
      .when(end(null))
      .then([left]);
    for (const history of [[], [requested(first), completed], [requested(first), left]])
      backups(history).when(end(null)).then([]);
    backups([requested(first), left])
      .when(request(second))
      .then([requested(second)]);
    backups([requested(first), left])
      .when(described(first))
      .then([discovered(first)]);
  });

  it('are removed once they are not in their place any more, and found where they are there again', () => {
    const history = [requested(first), completed];
    backups(history).when(inPlace(first)).then([]);
    backups(history).when(inPlace(second)).then([removed]);
    backups([...history, removed])
      .when(inPlace(second))
      .then([]);
    backups([...history, removed])
      .when(inPlace(first))
      .then([found]);
    backups([...history, removed, found])
      .when(inPlace(second))
      .then([removed]);
  });

  it('are not called removed where the place has none at all: its disk may not be mounted', () => {
    for (const known of [[requested(first), completed], [discovered(first)], [discovered(first), removed, found]])
      backups(known).when(inPlace()).refused('backups_missing');
    for (const known of [[], [requested(first)], [requested(first), failed], [discovered(first), removed]])
      backups(known).when(inPlace()).then([]);
  });

  it('that the command line made are found once, and removed as others', () => {
    backups([])
      .when(described(first))
      .then([discovered(first)]);
    backups([discovered(first)])
      .when(described(first))
      .then([]);
    backups([discovered(first)])
      .when(inPlace(second))
      .then([removed]);
    backups([discovered(first), removed])
      .when(described(first))
      .then([found]);
  });

  it('are not found before the service has recorded that it made them', () => {
    backups([requested(first)])
      .when(described(first))
      .then([]);
    backups([requested(first), completed])
      .when(described(first))
      .then([]);
  });

  it('that are called failed and are there whole are found', () => {
    backups([requested(first), failed])
      .when(described(first))
      .then([discovered(first)]);
  });

  it('of other installations are not followed', () => {
    backups([]).when(inPlace(first)).then([]);
    backups([requested(first), failed])
      .when(inPlace(first))
      .then([]);
  });
});
