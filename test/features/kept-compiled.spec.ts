import { join } from 'node:path';
import { owner } from '../support/owner.js';
import { startService } from '../support/service.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** The files that a service compiles in a start; V8 is asked with these options. */
const compiledIn = async (options: string): Promise<readonly string[]> => {
  const directory = await temporaryDirectory();
  const service = startService({
    WAYBILL_DATA_DIR: join(directory.path, 'data'),
    WAYBILL_ADMIN_EMAIL: owner.email,
    WAYBILL_ADMIN_PASSWORD: owner.password,
    NODE_DEBUG: 'engine',
    NODE_OPTIONS: options,
  });
  try {
    await service.url();
    return [...service.output().matchAll(/ENGINE \d+: compiled (\S+)-\w+\.js/g)].map(([, file]) => file!);
  } finally {
    service.process.kill('SIGTERM');
    await service.ended();
    await directory.remove();
  }
};

describe('the built service', () => {
  it('starts without compiling anything that the build has compiled', async () => {
    expect(await compiledIn('')).toEqual([]);
  });

  it('compiles its programs where the engine has other options than in the build', async () => {
    expect(await compiledIn('--max-old-space-size=500')).toEqual(
      expect.arrayContaining(['main', 'start', 'reader.worker']),
    );
  });
});
