import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { keyedQueue } from '#lib/async';
import type { CommandResult } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { CommandBus } from '../../platform/bus/command-bus.js';
import { CommandContext } from '../../platform/command-context.js';
import type { ContextDefinition } from '../../platform/context-definition.js';
import { Parts } from '../../platform/health/parts.js';
import type { JobResult } from '../../platform/jobs/job.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { Stores } from '../../platform/stores.js';
import { Streams } from '../../platform/streams/streams.js';
import { CONFIG, CONTEXTS, STORES } from '../../platform/tokens.js';
import type { BackupCommand } from './backup.commands.js';
import { backupsDecider, backupsId } from './backup.decider.js';
import { inChild } from './child-work.js';
import type { Description } from './description.contract.js';
import { removeDrill } from './drill.js';
import { logIdOf } from './intact-events.js';
import { scratchDirectory } from './make-backup.js';
import { backupSettingsOf, type BackupSettings } from './settings.js';

const maxReasonChars = 500;
const drillSchedule = '30 4 * * 0';
const everyHour = '40 * * * *';

/** Makes backups at their times, and tries once a week whether the newest can be restored. */
@Injectable()
export class BackupJobs {
  private readonly context = CommandContext.new({ kind: 'system', id: 'backups' });
  private readonly settings: BackupSettings | undefined;
  /** What is in the place does not change here between a look at it and what is recorded of that. */
  private readonly place = keyedQueue();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CONTEXTS) private readonly contexts: readonly ContextDefinition[],
    @Inject(STORES) private readonly stores: Pick<Stores, 'events'>,
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    jobs: Jobs,
    parts: Parts,
  ) {
    this.settings = backupSettingsOf(config);
    if (!this.settings) return;
    jobs.add({
      name: 'backup',
      description: 'Makes an encrypted backup, verifies it, and removes those that are no longer kept.',
      schedule: this.settings.schedule,
      run: (signal) => this.make(signal),
      // An admin's request that came when the last one was made and its run had not ended, or when the service died.
      isAskedFor: async () => (await this.state()).current !== null,
    });
    jobs.add({
      name: 'backup-list',
      description: 'Compares the list of backups with what is in their place, also those of the command line.',
      schedule: everyHour,
      run: (signal) => this.place.run('place', () => this.look(signal)),
    });
    jobs.add({
      name: 'restore-drill',
      description:
        'Restores the newest backup into a scratch directory and checks every event; without the secret key, its checksum.',
      schedule: drillSchedule,
      run: (signal) => this.drill(signal),
    });
    parts.remark('backups', async () => {
      const { failure } = await this.state();
      // Health is public: the reason may name files and servers.
      return failure ? `The last backup failed at ${failure.at}: GET /v1/admin/backups says why` : undefined;
    });
  }

  get isConfigured(): boolean {
    return this.settings !== undefined;
  }

  /** The one that was asked for, or was being made when the service died; otherwise a new one. */
  private async make(signal: AbortSignal): Promise<JobResult> {
    const backupId = (await this.state()).current ?? newId();
    await this.record({ type: 'RequestBackup', data: { backupId, at: now() } });
    const { format: _format, id: _id, ...made } = await this.madeInChild(backupId, signal);
    const removed = await this.place.run('place', async () => {
      await this.record({ type: 'RecordBackupMade', data: { backupId, made, at: now() } });
      return this.prune(made.log, signal);
    });
    const { bytes, events, verified } = made;
    return { backupId, bytes, events, verified, removed };
  }

  private async madeInChild(backupId: string, signal: AbortSignal): Promise<Description> {
    try {
      const outcome = await inChild({ what: 'make', id: backupId, config: this.config, sagas: this.sagas() }, signal);
      if (!('made' in outcome)) throw new Error('No backup was made');
      return outcome.made;
    } catch (error) {
      if (signal.aborted) throw error; // it is made after the next start
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, maxReasonChars);
      await this.record({ type: 'RecordBackupFailed', data: { backupId, reason, at: now() } });
      throw error;
    } finally {
      for (const name of [backupId, `${backupId}.check`]) await this.removeScratch(name);
    }
  }

  /** Where it fails, the backup is made all the same; what is in the place is compared again the next time. */
  private async prune(log: string | undefined, signal: AbortSignal): Promise<number> {
    const outcome = await inChild({ what: 'prune', log, config: this.config }, signal);
    if (!('left' in outcome)) throw new Error('Nothing was compared');
    await this.compare(outcome.left);
    return outcome.removed;
  }

  private async look(signal: AbortSignal): Promise<JobResult> {
    const outcome = await inChild({ what: 'look', config: this.config }, signal);
    if (!('left' in outcome)) throw new Error('Nothing was compared');
    return { changes: await this.compare(outcome.left) };
  }

  private async compare(there: readonly Description[]): Promise<number> {
    const log = (await this.state()).log ?? (await logIdOf(this.stores.events));
    const backupIds = there.map(({ id }) => id);
    const own = there
      .filter((one) => one.log !== undefined && one.log === log)
      .map(({ format: _format, id, ...made }) => ({ backupId: id, made }));
    const { events } = await this.record({ type: 'RecordBackupsInPlace', data: { backupIds, own, at: now() } });
    return events;
  }

  private async drill(signal: AbortSignal): Promise<JobResult> {
    const log = (await this.state()).log ?? undefined;
    try {
      const outcome = await inChild({ what: 'drill', log, config: this.config }, signal);
      if (!('drilled' in outcome)) throw new Error('Nothing was drilled');
      return { ...outcome.drilled };
    } finally {
      await removeDrill(this.config.WAYBILL_DATA_DIR);
    }
  }

  /** What is left where a process was killed. */
  private removeScratch(name: string): Promise<void> {
    return rm(join(this.config.WAYBILL_DATA_DIR, scratchDirectory, name), { recursive: true, force: true });
  }

  private async state() {
    return (await this.streams.state(backupsDecider, backupsId)).state;
  }

  private record(command: BackupCommand): Promise<CommandResult> {
    return this.commands.execute(command, this.context);
  }

  private sagas(): readonly string[] {
    return this.contexts.flatMap(({ sagas = [], pageSagas = [] }) => [...sagas, ...pageSagas].map(({ name }) => name));
  }
}

const now = (): string => new Date().toISOString();
