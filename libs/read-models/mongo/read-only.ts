import type { Mongo } from '#lib/mongo';
import type { AnyCollection } from '../collection.js';
import { ReadModelsUnavailable } from '../errors.js';
import type { Batch } from '../port.js';
import { MongoReadModels, translated } from './read-models.js';
import { versionOf } from './rebuild.js';

/** The views that another process writes: nothing of them is made here, and nothing changed but what is `shared` by all. */
export class ReadOnlyMongoReadModels extends MongoReadModels {
  private readonly shared: ReadonlySet<string>;

  constructor(mongo: Mongo, shared: readonly AnyCollection[]) {
    super(mongo);
    this.shared = new Set(shared.map(({ name }) => name));
  }

  /** @throws {ReadModelsUnavailable} a view is not there yet. */
  protected override async prepareView(definition: AnyCollection): Promise<number> {
    const version = await versionOf(this.mongo, definition);
    if (version !== undefined) return version;
    throw new ReadModelsUnavailable(
      'io',
      `The view ${definition.name} is not there yet: the process with the sessions makes it`,
    );
  }

  override apply(batch: Batch): Promise<void> {
    return this.shared.has(batch.collection) ? super.apply(batch) : readsOnly();
  }

  override beginRebuild(): Promise<never> {
    return readsOnly();
  }

  override finishRebuild(): Promise<never> {
    return readsOnly();
  }

  override dropUnprepared(): Promise<never> {
    return readsOnly();
  }

  override async ready(): Promise<void> {
    this.checkOpen();
    await translated(this.mongo.db.collection<{ _id: string }>('probe').findOne({ _id: 'views' }));
  }
}

const readsOnly = (): Promise<never> => Promise.reject(new Error('This process only reads the views'));
