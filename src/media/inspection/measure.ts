import { keyedQueue } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import { kindOf } from '../kind.rules.js';
import { readMovie } from './movie.js';
import { oggDuration } from './ogg.js';

/** In pixels and seconds; null where there is no such thing, or it cannot be read. */
export type Measures = {
  readonly width: number | null;
  readonly height: number | null;
  readonly seconds: number | null;
};

const none: Measures = { width: null, height: null, seconds: null };

/** A picture of more pixels takes too much memory to show: it is a bomb, or nothing that a phone can take. */
const maxPixels = 100_000_000;
/** Pictures up to this size are decoded, which shows whether they are damaged. */
const maxDecodedPixels = 25_000_000;
/** The formats that are certainly understood here: a file of these that cannot be read is damaged. */
const pictures: readonly string[] = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

/** One at a time: each can take a hundred megabytes for a moment. */
const decoding = keyedQueue();

/**
 * The measures of a file.
 * @throws {DomainError} `media_type_refused`: a picture that is damaged, or too large to be shown.
 */
export const measure = async (path: string, mimeType: string): Promise<Measures> => {
  const kind = kindOf(mimeType);
  if (kind === 'image') return decoding.run('', () => measurePicture(path, mimeType));
  return kind === 'document' ? none : measureTrack(path, mimeType);
};

const measurePicture = async (path: string, mimeType: string): Promise<Measures> => {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  const picture = () => sharp(path, { limitInputPixels: maxPixels, failOn: 'truncated', sequentialRead: true });
  try {
    const { width, height, autoOrient } = await picture().metadata();
    if (width * height > maxPixels) throw refused(`The picture has more than ${maxPixels} pixels`);
    if (width * height <= maxDecodedPixels) await picture().resize(16, 16, { fit: 'inside' }).raw().toBuffer();
    return { width: autoOrient.width, height: autoOrient.height, seconds: null };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (!pictures.includes(mimeType)) return none;
    throw refused(`The file is said to be ${mimeType}, but it is damaged or incomplete`);
  }
};

const measureTrack = async (path: string, mimeType: string): Promise<Measures> => {
  try {
    const movie = movies.includes(mimeType) ? await readMovie(path) : undefined;
    if (movie && movie.duration !== null) {
      return { width: movie.width, height: movie.height, seconds: secondsOf(movie.duration) };
    }
    if (/^audio\/ogg\b/.test(mimeType)) return { ...none, seconds: secondsOf(await oggDuration(path)) };
    const { parseFile } = await import('music-metadata');
    const { format } = await parseFile(path, { skipCovers: true });
    const video = format.trackInfo.find((track) => track.video)?.video;
    return {
      width: movie?.width ?? video?.pixelWidth ?? null,
      height: movie?.height ?? video?.pixelHeight ?? null,
      seconds: secondsOf(format.duration),
    };
  } catch {
    return none; // what a player may still play
  }
};

/** WhatsApp has 32 bits for it. A file that says more does not know. */
const maxSeconds = 2 ** 31 - 1;

const secondsOf = (duration: number | null | undefined): number | null =>
  typeof duration === 'number' && duration <= maxSeconds ? Math.max(1, Math.round(duration)) : null;

/** The sides of these are not read by the library for sounds. */
const movies: readonly string[] = ['video/mp4', 'video/quicktime', 'video/3gpp', 'video/3gpp2', 'video/x-m4v'];

const refused = (detail: string): DomainError => new DomainError('refused', 'media_type_refused', detail);
