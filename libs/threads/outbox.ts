import type { MessagePort, Transferable, Worker } from 'node:worker_threads';
import type { Frame } from './frames.js';

/**
 * `turn`: frames of one turn of the event loop are posted together at its end, because waking the other thread costs more than a frame.
 * `off`: each is posted at once, for callers that gather by themselves.
 */
export type Batching = 'turn' | 'off';

type Parcel = { readonly frame: Frame; readonly transfers: readonly Transferable[] | undefined };

/** Posts frames, in order. `onUncloneable` is called for each that cannot be cloned; the others are posted all the same. */
export const outbox = (
  port: MessagePort | Worker,
  batching: Batching,
  onUncloneable: (frame: Frame, error: unknown) => void,
) => {
  let batch: Parcel[] = [];

  const postOne = (frame: Frame, transfers: readonly Transferable[] | undefined): void => {
    try {
      port.postMessage([frame], transfers);
    } catch (error) {
      onUncloneable(frame, error);
    }
  };

  const postBatch = (): void => {
    const parcels = batch;
    batch = [];
    try {
      port.postMessage(
        parcels.map(({ frame }) => frame),
        parcels.flatMap(({ transfers = [] }) => transfers),
      );
    } catch {
      for (const { frame, transfers } of parcels) postOne(frame, transfers);
    }
  };

  return (frame: Frame, transfers?: readonly Transferable[]): void => {
    if (batching === 'off') return postOne(frame, transfers);
    if (batch.push({ frame, transfers }) === 1) setImmediate(postBatch);
  };
};
