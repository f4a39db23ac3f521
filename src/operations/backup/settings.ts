import type { Config } from '#config';
import { OperatorError } from '#lib/operator-error';
import { isRecipient } from '#lib/sealed-archive';
import type { Keep } from './retention.rules.js';

/** Where encrypted backups go, and for whom they are encrypted. */
export type BackupSettings = {
  readonly to: string;
  readonly recipients: readonly string[];
  readonly schedule: string;
  readonly keep: Keep;
  readonly media: boolean;
  /** The file with the secret key, where this machine has it. */
  readonly identityFile: string | undefined;
};

/** Backups are configured only in part, or with a malformed key. */
class BackupsMisconfigured extends OperatorError {
  override readonly name = 'BackupsMisconfigured';
}

/** Undefined where no encrypted backups are configured. @throws {OperatorError} */
export const backupSettingsOf = (config: Config): BackupSettings | undefined => {
  const { WAYBILL_BACKUP_TO: to, WAYBILL_BACKUP_RECIPIENT: recipients } = config;
  if (to === undefined) return undefined;
  if (recipients === undefined)
    throw new BackupsMisconfigured(
      'WAYBILL_BACKUP_RECIPIENT is missing, and WAYBILL_BACKUP_TO is set: make a key with age-keygen, and name its public key',
    );
  if (!recipients.every(isRecipient))
    throw new BackupsMisconfigured(
      'WAYBILL_BACKUP_RECIPIENT has a malformed key: it must look like age1…, and be complete',
    );
  return {
    to,
    recipients,
    schedule: config.WAYBILL_BACKUP_SCHEDULE,
    keep: {
      daily: config.WAYBILL_BACKUP_KEEP_DAILY,
      weekly: config.WAYBILL_BACKUP_KEEP_WEEKLY,
      monthly: config.WAYBILL_BACKUP_KEEP_MONTHLY,
    },
    media: config.WAYBILL_BACKUP_MEDIA,
    identityFile: config.WAYBILL_BACKUP_IDENTITY,
  };
};
