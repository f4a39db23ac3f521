import { NotParked, type Subscription } from './subscription.js';

/** A saga that another process runs: nothing is known of it here, and nobody waits for it. */
export const sagaOfOthers = (name: string): Subscription => ({
  name,
  state: () => 'stopped',
  trouble: () => undefined,
  damage: () => undefined,
  position: () => 0,
  lag: () => Promise.resolve({ events: null, seconds: 0 }),
  parked: () => [],
  retry: (position) => Promise.reject(new NotParked(name, position)),
  skip: (position) => Promise.reject(new NotParked(name, position)),
  reached: () => Promise.resolve(false),
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
});
