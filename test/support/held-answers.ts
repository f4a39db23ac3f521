import { Redis } from 'ioredis';

/** Between processes that speak by way of a Redis server. */
export class HeldAnswers {
  private readonly commands: Redis;
  private readonly hearing: Redis;

  constructor(url: string) {
    [this.commands, this.hearing] = [new Redis(url), new Redis(url)];
  }

  /** Resolves once so many processes have been told that what they asked is being done. */
  async untilWorking(processes: number): Promise<void> {
    const told = new Set<string>();
    const heard = new Promise<void>((resolve) => {
      this.hearing.on('pmessage', (_pattern, channel: string) => {
        told.add(channel);
        if (told.size >= processes) resolve();
      });
    });
    await this.hearing.psubscribe('waybill:*:answers:*');
    await heard;
  }

  /** Nothing that is published arrives any more: what processes do that die meanwhile, nobody hears of. */
  async hold(): Promise<void> {
    await this.commands.call('CLIENT', 'PAUSE', '60000', 'WRITE');
  }

  async release(): Promise<void> {
    await this.commands.call('CLIENT', 'UNPAUSE');
    this.commands.disconnect();
    this.hearing.disconnect();
  }
}
