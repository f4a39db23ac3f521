const bars = 64;
const loudest = 100;
/** 20 milliseconds: what one frame of Opus mostly holds. */
const samplesPerBlock = 160;

/** Takes the samples of a recording as they come, and keeps how loud each block of them is. */
export class Loudness {
  private readonly blocks: number[] = [];
  private sum = 0;
  private count = 0;

  add(samples: Float32Array): void {
    for (const sample of samples) {
      this.sum += Math.abs(sample);
      this.count += 1;
      if (this.count === samplesPerBlock) this.endBlock();
    }
  }

  /** 64 bytes from 0 to 100, relative to its loudest part; null where there is nothing. */
  waveform(): Uint8Array | null {
    if (this.count > 0) this.endBlock();
    const { blocks } = this;
    if (blocks.length === 0) return null;
    const means = Array.from({ length: bars }, (_, bar) => {
      const start = Math.floor((bar * blocks.length) / bars);
      const end = Math.max(start + 1, Math.floor(((bar + 1) * blocks.length) / bars));
      return blocks.slice(start, end).reduce((sum, each) => sum + each, 0) / (end - start);
    });
    const most = Math.max(...means);
    return Uint8Array.from(means, (mean) => (most > 0 ? Math.round((mean / most) * loudest) : 0));
  }

  private endBlock(): void {
    this.blocks.push(this.sum / this.count);
    this.sum = 0;
    this.count = 0;
  }
}
