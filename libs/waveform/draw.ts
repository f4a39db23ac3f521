import CodecParser, { type CodecValue, type OggPage, type OpusHeader } from 'codec-parser';
import { OpusDecoder } from 'opus-decoder';
import { Loudness } from './loudness.js';

/** The lowest that Opus decodes to: enough to see how loud it is. */
const samplesPerSecond = 8000;
const maxSeconds = 10 * 60;

/** The waveform of an Ogg file with Opus, which is read in parts; null where it is none, is damaged, or too long. */
export const drawWaveform = async (file: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> => {
  const parser = new CodecParser<OggPage>('application/ogg', { onCodec: assertOpus, enableFrameCRC32: false });
  const loudness = new Loudness();
  let decoder: OpusDecoder<8000> | undefined;
  let samples = 0;
  const decode = async (pages: Iterable<OggPage>): Promise<void> => {
    for (const { codecFrames } of pages) {
      const [first] = codecFrames;
      if (!first) continue;
      decoder ??= decoderOf(first.header as OpusHeader);
      await decoder.ready;
      const { channelData, samplesDecoded } = decoder.decodeFrames(codecFrames.map(({ data }) => data));
      samples += samplesDecoded;
      if (samples > maxSeconds * samplesPerSecond) throw new Error('It is too long');
      loudness.add(channelData[0] ?? new Float32Array());
    }
  };
  try {
    for await (const part of file) await decode(iterable(parser.parseChunk(part)));
    await decode(iterable(parser.flush()));
    return loudness.waveform();
  } catch {
    return null;
  } finally {
    decoder?.free();
  }
};

const assertOpus = (codec: CodecValue): void => {
  if (codec !== 'opus') throw new Error(`It is ${codec}, and not Opus`);
};

const decoderOf = ({ channels, streamCount, coupledStreamCount, channelMappingTable }: OpusHeader) =>
  new OpusDecoder({ sampleRate: samplesPerSecond, channels, streamCount, coupledStreamCount, channelMappingTable });

const iterable = <Item>(iterator: Iterator<Item>): Iterable<Item> => ({ [Symbol.iterator]: () => iterator });
