import { createHash } from 'node:crypto';
import { collection, put, remove, type Collection, type ReadModels } from '#lib/read-models';
import type { Snapshot, SnapshotStore } from '#lib/subscriptions';
import { sealer, type MasterKey } from '#lib/vault';

/** A piece of a sealed snapshot, in base64. The first one says how many there are, and what the whole is recognised by. */
type Piece = { readonly text: string; readonly pieces?: number; readonly sha256?: string };

/** Far below what any store takes as one document. */
const maxPieceChars = 512 * 1024;

/** Where the snapshots of a memory view are: a collection of its own, beside the views and as disposable as they are. */
export const snapshotCollection = (view: string): Collection<Piece> =>
  collection<Piece>({ name: `${view}-snapshot`, version: 1 });

/** Keeps snapshots of memory views with the views, sealed: they may hold what no view shows, such as hashes of API keys. */
export const snapshotStore = (models: ReadModels, key: MasterKey): SnapshotStore => {
  const { seal, open } = sealer(key, 'snapshots');
  return {
    load: async (view) => {
      const pieces = snapshotCollection(view);
      const first = await models.get(pieces, '0');
      if (!first) return undefined;
      const rest = Array.from({ length: (first.pieces ?? 1) - 1 }, (_, index) => models.get(pieces, String(index + 1)));
      const text = [first, ...(await Promise.all(rest))].map((piece) => piece?.text ?? '').join('');
      if (sha256(text) !== first.sha256) return undefined; // half written
      return JSON.parse(open(Buffer.from(text, 'base64'), view).toString()) as Snapshot;
    },
    save: async (view, snapshot) => {
      const text = seal(Buffer.from(JSON.stringify(snapshot)), view).toString('base64');
      const pieces = Math.ceil(text.length / maxPieceChars);
      const writes = Array.from({ length: pieces }, (_, index) => {
        const piece = { text: text.slice(index * maxPieceChars, (index + 1) * maxPieceChars) };
        return put(String(index), index === 0 ? { ...piece, pieces, sha256: sha256(text) } : piece);
      });
      const ofView = snapshotCollection(view);
      const before = (await models.get(ofView, '0'))?.pieces ?? 0;
      for (let number = pieces; number < before; number += 1) writes.push(remove(String(number)));
      const { name } = ofView;
      const { position } = snapshot;
      await models.apply({
        subscription: name,
        collection: name,
        changes: [{ position, writes }],
        checkpoint: position,
      });
    },
  };
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
