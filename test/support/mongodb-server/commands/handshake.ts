import type { Document } from 'bson';

/** As MongoDB 7.0 says it. */
const wireVersion = 21;

export type Topology = { readonly address: string; readonly replicaSet: string | null };

/** The answer to `hello`, which tells clients what they speak to. */
export const hello = ({ address, replicaSet }: Topology, connectionId: number, isLegacy: boolean): Document => ({
  helloOk: true,
  ...(isLegacy ? { ismaster: true } : { isWritablePrimary: true }),
  ...(replicaSet !== null && {
    setName: replicaSet,
    setVersion: 1,
    secondary: false,
    hosts: [address],
    primary: address,
    me: address,
  }),
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: 30,
  connectionId,
  minWireVersion: 0,
  maxWireVersion: wireVersion,
  readOnly: false,
  saslSupportedMechs: ['SCRAM-SHA-256'],
});

export const buildInfo: Document = {
  version: '7.0.14',
  versionArray: [7, 0, 14, 0],
  maxBsonObjectSize: 16 * 1024 * 1024,
};
