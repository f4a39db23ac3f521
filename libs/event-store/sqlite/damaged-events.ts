import { CorruptEvent } from '../errors.js';
import { passedOver, type Damage, type StoredEvent } from '../port.js';
import type { EventRow } from './row.js';

const noId = '00000000-0000-0000-0000-000000000000';

/** The damaged events of a log: those that were met, and those that are passed over. */
export class DamagedEvents {
  private readonly met = new Map<number, string>();
  private readonly skipped = new Set<number>();

  list(): readonly Damage[] {
    return Array.from(this.met, ([position, problem]) => ({ position, problem })).filter(
      ({ position }) => !this.skipped.has(position),
    );
  }

  note({ position, problem }: Damage): void {
    if (position > 0) this.met.set(position, problem);
  }

  passOver(position: number): void {
    this.skipped.add(position);
  }

  isPassedOver(position: number): boolean {
    return this.skipped.has(position);
  }

  /** To be thrown where a read meets a damaged event first. */
  error(damage: Damage): CorruptEvent {
    this.note(damage);
    return new CorruptEvent(damage.position, damage.problem);
  }
}

/** In the place of a damaged event, of which there may be no row. The columns that are left may be wrong: only the position is certain. */
export const placeholder = (position: number, row: EventRow | undefined): StoredEvent => ({
  id: noId,
  type: passedOver,
  data: {},
  metadata: {
    correlationId: noId,
    causationId: noId,
    actor: { kind: 'system', id: 'log' },
    schemaVersion: 1,
  },
  stream: row?.[1] ?? '',
  revision: row?.[2] ?? 0,
  position,
  recordedAt: new Date(row?.[7] ?? 0).toISOString(),
});
