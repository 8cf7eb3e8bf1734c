/** The channels of one user: at most one to a node, opened at first use and kept. */
import { setMaxListeners } from 'node:events';
import { type Channel, openChannel } from './channel.ts';
import { type ChannelTarget, targetKey } from './remote-shell.ts';

export interface Channels {
  /** A channel that answers. Rejects with why the node cannot be reached. */
  open(target: ChannelTarget): Promise<Channel>;
  /** Open channels, and the commands that run on them. */
  counts(): { readonly channels: number; readonly jobs: number };
  /** Ends all of them, those being opened too; their runners end their jobs. */
  close(): Promise<void>;
}

/** @param connectTimeoutMs from the start of the remote shell to the runner's HELLO. */
export function createChannels(connectTimeoutMs: number): Channels {
  // The attempt is kept, not its channel: commands that want the same node share it.
  const attempts = new Map<string, Promise<Channel>>();
  const openChannels = new Set<Channel>();
  const ending = new AbortController();
  // One listener a channel, however many nodes there are.
  setMaxListeners(0, ending.signal);

  function forget(key: string, attempt: Promise<Channel>): void {
    if (attempts.get(key) === attempt) attempts.delete(key);
  }

  async function follow(key: string, attempt: Promise<Channel>): Promise<void> {
    try {
      const channel = await attempt;
      openChannels.add(channel);
      await channel.ended;
      openChannels.delete(channel);
    } catch {
      // Whoever asked for the channel is told why.
    } finally {
      forget(key, attempt);
    }
  }

  function startAttempt(key: string, target: ChannelTarget): Promise<Channel> {
    const attempt = openChannel(target, connectTimeoutMs, ending.signal);
    attempts.set(key, attempt);
    void follow(key, attempt);
    return attempt;
  }

  return {
    async open(target) {
      const key = targetKey(target);
      // Twice round at most: a channel that was just opened was just heard.
      for (;;) {
        const attempt = attempts.get(key) ?? startAttempt(key, target);
        const channel = await attempt;
        if (await channel.isAnswering()) return channel;
        // The commands on it may still end well, so only ssh may decide that it is gone.
        if (channel.jobCount() > 0) throw new Error('the connection to it does not answer');
        channel.close('the connection to it did not answer');
        forget(key, attempt);
      }
    },
    counts() {
      const jobs = [...openChannels].reduce((sum, channel) => sum + channel.jobCount(), 0);
      return { channels: openChannels.size, jobs };
    },
    async close() {
      ending.abort();
      await Promise.allSettled(
        [...attempts.values()].map(async (attempt) => (await attempt).ended),
      );
    },
  };
}
