import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFiles } from '../../platform/data-files.js';
import { exists, unfinishedRestore } from '../../platform/where-stores-are.js';
import { removeDatabase } from '../migrate-stores/saga-move.js';
import { BackupRefused } from './backup-format.js';

const beingMade = (file: string): string => `${file}.restoring`;

/** What tells a file from another one of the same name: an operator may have put old stores in the place of those that a restore made. */
const identityOf = async (file: string): Promise<string> => {
  const { ino, birthtimeNs } = await stat(file, { bigint: true });
  return `${ino} ${birthtimeNs}`;
};

/**
 * The mark of a restore that is under way: while it is there, no service starts on the directory. It lists the files that the restore made, and
 * nothing else is ever removed.
 */
export class RestoreMark {
  private readonly path: string;

  constructor(private readonly data: string) {
    this.path = join(data, unfinishedRestore);
  }

  put(): Promise<void> {
    return writeFile(this.path, '', { mode: 0o600 });
  }

  remove(): Promise<void> {
    return rm(this.path, { force: true });
  }

  /** Puts a file into the directory that `make` writes, which is listed before it has its name. @throws {BackupRefused} there is one. */
  async add(name: string, make: (file: string) => Promise<void>): Promise<void> {
    const file = join(this.data, name);
    await make(beingMade(file));
    await writeFile(this.path, `${name} ${await identityOf(beingMade(file))}\n`, { flag: 'a' });
    if (await exists(file)) throw new BackupRefused(inTheWay(file, this.data));
    await rename(beingMade(file), file);
  }

  /** @throws {BackupRefused} there is a mark, and a store that does not belong to the restore of that mark. */
  async assertNoOthers(): Promise<void> {
    const [other] = await this.others(await this.made());
    if (other === undefined || !(await exists(this.path))) return;
    throw new BackupRefused(
      `${other} was not made by the restore that was ended in the middle: move the stores out of ${this.data} to restore, or, if they are whole, remove ${this.path} to use them`,
    );
  }

  /** Removes the stores that the restore made, and leaves all others but the views, which are made again. */
  async removeStores(): Promise<void> {
    for (const name of names) await rm(beingMade(join(this.data, name)), { force: true });
    const made = await this.made();
    if (made.size === 0) return;
    const others = await this.others(made);
    const files = names.map((name) => join(this.data, name)).filter((file) => !others.includes(file));
    for (const file of files) await removeDatabase(file);
  }

  private async made(): Promise<ReadonlySet<string>> {
    const text = (await exists(this.path)) ? await readFile(this.path, 'utf8') : '';
    return new Set(text.split('\n').filter((line) => line !== ''));
  }

  /** The stores that the restore did not make. Views are made where the log is opened to be checked. */
  private async others(made: ReadonlySet<string>): Promise<readonly string[]> {
    const others: string[] = [];
    for (const name of names) {
      const file = join(this.data, name);
      if (made.size > 0 && name === dataFiles.views) continue;
      if ((await exists(file)) && !made.has(`${name} ${await identityOf(file)}`)) others.push(file);
    }
    return others;
  }
}

const names = Object.values(dataFiles);

const inTheWay = (file: string, data: string): string =>
  `${file} is in the way: move the old stores (*.db*) out of ${data} first`;

/** @throws {BackupRefused} the directory has stores. */
export const assertNoStores = async (data: string): Promise<void> => {
  for (const name of names)
    if (await exists(join(data, name))) throw new BackupRefused(inTheWay(join(data, name), data));
};
