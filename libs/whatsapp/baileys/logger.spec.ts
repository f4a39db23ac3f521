import { beforeEach, describe, expect, it } from '@jest/globals';
import { baileysLogger } from './logger.js';

describe('the log of Baileys', () => {
  const lines: unknown[] = [];
  const log = { debug: () => undefined, warn: (...line: unknown[]) => void lines.push(line), error: () => undefined };
  const logger = baileysLogger('one', log);
  beforeEach(() => void lines.splice(0));

  it('is passed on as warnings, without details and with numbers masked', () => {
    logger.error({ node: '<message from="491701234567@s.whatsapp.net">', error: new Error('No 491701234567') }, 'bad');
    logger.child().warn('Invalid LID-PN mapping: 123456789012345@lid');
    expect(lines).toEqual([
      [{ sessionId: 'one', cause: 'Error: No …' }, 'bad'],
      [{ sessionId: 'one' }, 'Invalid LID-PN mapping: …@lid'],
    ]);
  });

  it('has no warning of what comes with every linking', () => {
    logger.error({ fullErrorNode: {} }, 'stream errored out');
    logger.warn('no name present, ignoring presence update request...');
    expect(lines).toEqual([]);
  });

  it('is dropped below the level of warnings', () => {
    logger.info({ helloMsg: 1 }, 'connected');
    logger.debug({}, 'x');
    logger.trace({}, 'x');
    expect(lines).toEqual([]);
  });
});
