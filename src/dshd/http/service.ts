/** HTTP as a part of the daemon: the port, unless it is turned off, and the history that it tells. */
import { TICK_MS } from '../../core/daemon-state.ts';
import type { Engine } from '../engine.ts';
import type { Log } from '../log.ts';
import type { DshdOptions } from '../options.ts';
import type { CoreClient } from './core-client.ts';
import { openHttp } from './server.ts';

export interface HttpServiceOptions {
  readonly options: Pick<DshdOptions, 'httpPort' | 'isHttpPortGiven' | 'listen'>;
  readonly engine: Pick<Engine, 'noteHistory' | 'tellHistory'>;
  readonly core: CoreClient;
  readonly self: string;
  readonly version: string;
  readonly pageDirectory: string;
}

const nothing = { close(): void {} };

/**
 * Throws an Error of one line if a port that was asked for cannot be had. That the default one is
 * taken, by the daemon of another user say, is no reason not to start.
 */
export async function startHttpService(
  { options, engine, core, ...service }: HttpServiceOptions,
  log: Log,
): Promise<{ close(): void }> {
  const { httpPort: port, isHttpPortGiven, listen } = options;
  if (port === 0) return nothing;
  const { self, version, pageDirectory } = service;
  const sources = { self, version, ask: core.ask, tellHistory: engine.tellHistory };
  try {
    const server = await openHttp({ port, listen, pageDirectory, sources });
    const timer = setInterval(() => engine.noteHistory(), TICK_MS);
    return {
      close() {
        clearInterval(timer);
        server.close();
      },
    };
  } catch (error) {
    if (isHttpPortGiven) throw error;
    log(`${(error as Error).message}, 0 for none; going on without the web page`);
    return nothing;
  }
}
