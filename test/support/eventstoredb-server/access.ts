import type { Metadata } from '@grpc/grpc-js';
import { accessDenied, noLeaderInfo, notLeader, unauthenticated } from './rpc-errors.js';

export type Users = Readonly<Record<string, { readonly password: string; readonly isAdmin: boolean }>>;

/** A node of a cluster: the leader, or one that knows (or does not know) who that is. */
export type Role = 'leader' | { readonly leader?: { readonly host: string; readonly port: number } };

/** Who may do what, and whether this node may serve the request. */
export class Access {
  role: Role = 'leader';

  constructor(private readonly users?: Users) {}

  /** @throws the error for the client: unknown user, `$all` or a system stream without the right to it, another leader. */
  check(metadata: Metadata, stream: string): void {
    const isSystem = stream.startsWith('$');
    if (this.users) {
      const user = this.userOf(metadata, this.users);
      if (!user || (isSystem && !user.isAdmin)) throw accessDenied();
    }
    if (this.role === 'leader' || metadata.get('requires-leader')[0] !== 'true') return;
    throw this.role.leader ? notLeader(this.role.leader) : noLeaderInfo();
  }

  private userOf(metadata: Metadata, users: Users): Users[string] | undefined {
    const [header] = metadata.get('authorization');
    if (header === undefined) return undefined;
    const [scheme, encoded] = String(header).split(' ');
    const [name = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
      .toString('utf8')
      .split(':');
    const user = users[name];
    if (scheme !== 'Basic' || user?.password !== rest.join(':')) throw unauthenticated();
    return user;
  }
}
