import { CorruptEvent } from './errors.js';
import { passedOver, type Damage, type StoredEvent } from './port.js';

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

/** In the place of a damaged event. Only its position is certain. */
export const placeholder = (
  place: Pick<StoredEvent, 'stream' | 'revision' | 'position' | 'recordedAt'>,
): StoredEvent => ({
  id: noId,
  type: passedOver,
  data: {},
  metadata: {
    correlationId: noId,
    causationId: noId,
    actor: { kind: 'system', id: 'log' },
    schemaVersion: 1,
  },
  ...place,
});
