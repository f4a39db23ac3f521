import { Injectable } from '@nestjs/common';
import { StoreUnavailable } from '#lib/event-store';
import { MemoryViews, type FollowedView } from '../../platform/views/memory-views.js';
import { directoryView, type KnownAdmin, type KnownKey, type KnownUser } from './directory.view.js';

const catchUpTimeoutMs = 5000;

/**
 * Everybody who may call, in memory, so that a credential is checked in microseconds. Up to date before the service answers. A change is
 * in effect once `knows` resolves.
 */
@Injectable()
export class Directory {
  private readonly view: FollowedView<ReturnType<typeof directoryView.tables>>;

  constructor(private readonly views: MemoryViews) {
    this.view = views.follow(directoryView);
  }

  user(userId: string): KnownUser | undefined {
    return this.view.tables.users.get(userId);
  }

  key(keyId: string): KnownKey | undefined {
    return this.view.tables.keys.get(keyId);
  }

  admin(adminId: string): KnownAdmin | undefined {
    return this.view.tables.admins.get(adminId);
  }

  adminWithEmail(emailKey: string): KnownAdmin | undefined {
    return this.admin(this.view.tables.adminsByEmail.get(emailKey) ?? '');
  }

  hasAdmins(): boolean {
    return this.view.tables.admins.size > 0;
  }

  /** Resolves once what a command led to is known here, and counts wherever requests are judged by it: a new limit, say. @throws {StoreUnavailable} it takes too long: the log cannot be read. */
  async knows({ position }: { readonly position: number }): Promise<void> {
    if (await this.views.reached(position, catchUpTimeoutMs)) return;
    throw new StoreUnavailable('io', 'The log cannot be read at the moment');
  }
}
