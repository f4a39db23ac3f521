import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { openMongoSecrets } from '#lib/vault/mongo';
import { idempotencyKeysContract } from '../contracts/idempotency-keys.contract.js';
import { sealedStoreContract } from '../contracts/sealed-store.contract.js';
import { secretsContract, type SecretsFixture } from '../contracts/vault-secrets.contract.js';
import { databaseBytes, dropDatabase, openOn } from '../support/mongodb-server/open-on.js';
import { type MongoPlace, mongoPlace } from '../support/mongodb-server/place.js';

describe.each([
  ['a replica set of MongoDB', undefined],
  ['a MongoDB without transactions', { replicaSet: null }],
])('%s', (name, options) => {
  let place: MongoPlace;
  const newUri = (): string => place.uri(`vault-${randomUUID().slice(0, 13)}`);

  beforeAll(async () => {
    place = await mongoPlace(options);
  });
  afterAll(() => place.stop());

  const newFixture = async (): Promise<SecretsFixture> => {
    const uri = newUri();
    return {
      open: (key, now, mayBeNew) => openOn(uri, (mongo) => openMongoSecrets(mongo, { key, now, mayBeNew })),
      bytes: () => databaseBytes(uri),
      remove: () => dropDatabase(uri),
    };
  };
  secretsContract(name, newFixture);
  idempotencyKeysContract(name, newFixture);

  sealedStoreContract(`secrets in ${name}`, async () => {
    const uri = newUri();
    return {
      open: (key, mayBeNew) => openOn(uri, (mongo) => openMongoSecrets(mongo, { key, mayBeNew })),
      lose: () => dropDatabase(uri),
      remove: () => dropDatabase(uri),
    };
  });
});
