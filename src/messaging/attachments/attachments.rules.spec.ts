import { describe, expect, it } from '@jest/globals';
import type { MediaRequest } from '../content/media-request.js';
import { conversionOf, isNoPhoto } from './attachments.rules.js';

type Asked = Pick<MediaRequest, 'type' | 'form' | 'convert'>;
const voice: Asked = { type: 'audio', form: 'voice', convert: false };
const video: Asked = { type: 'video', form: 'plain', convert: false };

describe('a file that is to be sent', () => {
  it.each([
    [voice, 'audio/ogg; codecs=opus', undefined],
    [{ ...voice, convert: true }, 'audio/ogg; codecs=opus', undefined],
    [{ ...voice, convert: true }, 'audio/mpeg', 'voice'],
    [{ ...voice, form: 'plain' }, 'audio/mpeg', undefined],
    [{ ...voice, form: 'plain' }, 'audio/wav', undefined],
    [{ ...voice, form: 'plain', convert: true }, 'audio/wav', 'm4a'],
    [{ ...voice, form: 'plain', convert: true }, 'video/mp4', 'm4a'],
    [{ ...voice, form: 'plain', convert: true }, 'audio/ogg', 'm4a'],
    [{ ...voice, form: 'plain', convert: true }, 'audio/ogg; codecs=opus', undefined],
    [{ ...voice, form: 'plain', convert: true }, 'audio/mpeg', undefined],
    [video, 'video/webm', undefined],
    [{ ...video, convert: true }, 'video/webm', 'mp4'],
    [{ ...video, convert: true }, 'video/mp4', undefined],
    [{ type: 'document', form: 'plain', convert: true }, 'audio/mpeg', undefined],
  ] as const)('as %j is converted where it has to be, if it is %s: %s', (asked, mimeType, conversion) => {
    expect(conversionOf(asked, mimeType)).toBe(conversion);
  });

  it('as a picture is made anew where it is too large, or not all phones show it', () => {
    const file = { mimeType: 'image/jpeg', size: 100 };
    expect([isNoPhoto(file, 100), isNoPhoto({ ...file, mimeType: 'image/png' }, 100)]).toEqual([false, false]);
    expect([isNoPhoto(file, 99), isNoPhoto({ ...file, mimeType: 'image/avif' }, 100)]).toEqual([true, true]);
  });

  it('as a voice message is refused where it is something else, and nobody asked for a conversion', () => {
    expect(() => conversionOf(voice, 'audio/mpeg')).toThrow(/Ogg with Opus, and the file is audio\/mpeg/);
  });
});
