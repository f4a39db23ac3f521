import type { MessagePort, Transferable, Worker } from 'node:worker_threads';
import type { Frame } from './frames.js';

/**
 * `turn`: frames of one turn of the event loop are posted together at its end, because waking the other thread costs more than a frame.
 * `off`: each is posted at once, for callers that gather by themselves.
 */
export type Batching = 'turn' | 'off';

/** Posts frames, in order. `onUncloneable` is called for each that cannot be cloned; the others are posted all the same. */
export const outbox = (
  port: MessagePort | Worker,
  batching: Batching,
  onUncloneable: (frame: Frame, error: unknown) => void,
) => {
  let batch: Frame[] = [];
  /** What is moved with frames of the batch: few move anything. */
  let moved = new Map<Frame, readonly Transferable[]>();

  const postOne = (frame: Frame, transfers: readonly Transferable[] | undefined): void => {
    try {
      port.postMessage([frame], transfers);
    } catch (error) {
      onUncloneable(frame, error);
    }
  };

  const postBatch = (): void => {
    const [frames, transfers] = [batch, moved];
    batch = [];
    if (transfers.size > 0) moved = new Map();
    try {
      if (transfers.size === 0) port.postMessage(frames);
      else port.postMessage(frames, [...transfers.values()].flat());
    } catch {
      for (const frame of frames) postOne(frame, transfers.get(frame));
    }
  };

  return (frame: Frame, transfers?: readonly Transferable[]): void => {
    if (batching === 'off') return postOne(frame, transfers);
    if (transfers) moved.set(frame, transfers);
    if (batch.push(frame) === 1) setImmediate(postBatch);
  };
};
