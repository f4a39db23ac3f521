import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import type { sendUnaryData, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';

/** A node as the cluster's gossip tells of it. */
export type Member = {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly isLeader: boolean;
  readonly isAlive: boolean;
};

/** What clients may look for, besides the method itself. */
const features: Readonly<Record<string, readonly string[]>> = {
  '/event_store.client.streams.Streams/Read': ['position', 'events'],
  '/event_store.client.streams.Streams/BatchAppend': ['deadline_duration'],
};

/** `GetSupportedMethods`: the version and what this server serves. */
export const supportedMethods =
  (version: string, services: readonly ServiceDefinition[]) =>
  (_call: ServerUnaryCall<Empty, SupportedMethods>, answer: sendUnaryData<SupportedMethods>): void => {
    const message = new serverFeatures.SupportedMethods().setEventStoreServerVersion(version);
    for (const { path } of services.flatMap((service) => Object.values(service))) {
      const [, service = '', method = ''] = path.split('/');
      const supported = new serverFeatures.SupportedMethod();
      supported.setServiceName(service.toLowerCase()).setMethodName(method.toLowerCase());
      message.addMethods(supported.setFeaturesList([...(features[path] ?? [])]));
    }
    answer(null, message);
  };

/** `Gossip.Read`: the nodes of the cluster. */
export const readGossip =
  (members: () => readonly Member[]) =>
  (_call: ServerUnaryCall<Empty, ClusterInfo>, answer: sendUnaryData<ClusterInfo>): void => {
    const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
    const infos = members().map(({ id, host, port, isLeader, isAlive }) =>
      new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString(id))
        .setTimeStamp(String(BigInt(Date.now()) * 10_000n))
        .setState(isLeader ? LEADER : FOLLOWER)
        .setIsAlive(isAlive)
        .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port)),
    );
    answer(null, new gossip.ClusterInfo().setMembersList(infos));
  };
