import { buffer } from 'node:stream/consumers';
import type { BackupPlace, PlacedFile } from '#lib/backup-places';
import { Description } from './description.contract.js';
import { newestFirst } from './order.rules.js';

const suffixes = { archive: '.tar.gz.age', description: '.json' } as const;

/** The names of a backup, which begin with its time. Colons are not allowed in every file system. */
export const namesOf = (id: string, takenAt: string): { readonly archive: string; readonly description: string } => {
  const name = `waybill-${takenAt.replaceAll(/[:.]/g, '-')}-${id.slice(-8)}`;
  return { archive: `${name}${suffixes.archive}`, description: `${name}${suffixes.description}` };
};

const archivePattern = /^(waybill-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3}Z)-[^.]+)\.tar\.gz\.age$/;

/** The archives without a description: they are being made, or were never completed. */
export const undescribed = (
  files: readonly PlacedFile[],
): readonly { readonly name: string; readonly takenAt: Date }[] => {
  const names = new Set(files.map(({ name }) => name));
  return files.flatMap(({ name }) => {
    const [, stem, hour, minute, second, fraction] = archivePattern.exec(name) ?? [];
    if (stem === undefined || names.has(`${stem}${suffixes.description}`)) return [];
    return [{ name, takenAt: new Date(`${hour}:${minute}:${second}.${fraction}`) }];
  });
};

/** Those that were verified, newest first. @throws {BackupPlaceUnavailable} */
export const describedIn = async (place: BackupPlace): Promise<readonly Description[]> => {
  const files = await place.list();
  const sizes = new Map(files.map(({ name, size }) => [name, size]));
  const found: Description[] = [];
  for (const { name } of files) {
    if (!/^waybill-.*\.json$/.test(name)) continue;
    const read = Description.safeParse(parsed((await buffer(await place.read(name))).toString()));
    if (read.success && sizes.get(read.data.archive) === read.data.bytes) found.push(read.data);
  }
  return newestFirst(found);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
