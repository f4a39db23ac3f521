import type { Document } from 'bson';

/** A version as the server says it, and as its protocol counts it. */
export type Version = { readonly name: string; readonly wire: number };

export const version7: Version = { name: '7.0.14', wire: 21 };

export type Topology = {
  readonly address: string;
  readonly replicaSet: string | null;
  /** Of a replica set that was not initiated. */
  readonly isGhost: boolean;
  readonly version: Version;
};

/** The answer to `hello`, which tells clients what they speak to. */
export const hello = (topology: Topology, connectionId: number, isLegacy: boolean): Document => ({
  helloOk: true,
  [isLegacy ? 'ismaster' : 'isWritablePrimary']: !topology.isGhost,
  ...setOf(topology),
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: 30,
  connectionId,
  minWireVersion: 0,
  maxWireVersion: topology.version.wire,
  readOnly: false,
  saslSupportedMechs: ['SCRAM-SHA-256'],
});

const setOf = ({ address, replicaSet, isGhost }: Topology): Document | false => {
  if (isGhost) return { secondary: false, isreplicaset: true, info: 'Does not have a valid replica set config' };
  const set = { setName: replicaSet, setVersion: 1, secondary: false, hosts: [address], primary: address, me: address };
  return replicaSet !== null && set;
};

export const buildInfo = ({ name }: Version): Document => ({
  version: name,
  versionArray: [...name.split('.').map(Number), 0],
  maxBsonObjectSize: 16 * 1024 * 1024,
});
