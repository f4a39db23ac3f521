/** What the driver knows of the servers, of which none took writes in time. */
type Topology = {
  readonly type?: string;
  readonly setName?: string | null;
  readonly servers?: ReadonlyMap<string, { readonly type?: string }>;
};

/** The driver's, and that of Mongoose, which takes its place and is no kind of it. */
const names = ['MongoServerSelectionError', 'MongooseServerSelectionError'];

/** Whether the driver found no server that takes writes. */
export const isSelectionError = (error: unknown): error is Error & { readonly reason?: Topology } =>
  error instanceof Error && names.includes(error.name);

/** What is wrong with the replica set where no server was found for that; the driver says only that time is up. */
export const replicaSetProblem = (error: unknown): string | undefined => {
  if (!isSelectionError(error)) return undefined;
  const { type, setName, servers } = error.reason ?? {};
  if (!servers) return undefined;
  const ghost = [...servers].find(([, server]) => server.type === 'RSGhost');
  if (ghost) return `The server ${ghost[0]} is of a replica set that is not initiated (rs.initiate())`;
  // Servers of another set, and those of none, are crossed off.
  if (type !== 'ReplicaSetNoPrimary' || servers.size > 0) return undefined;
  return `No server there is of the replica set ${setName}: it has another name, or the server is of none (replicaSet)`;
};
