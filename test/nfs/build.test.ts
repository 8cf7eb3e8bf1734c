/** The main job, on real NFS: `make` with the compiler on all hosts, again and again from clean. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { waitUntil } from '../../lab/wait.ts';
import { unpackSource } from '../support/debian-source.ts';
import { describeHosts } from './support/hosts.ts';

/** DSH_NFS_BUILDS=2: fewer; each takes half a minute, and a minute and a half on a slow day. */
const builds = Number(process.env['DSH_NFS_BUILDS'] || 20);
/** Long enough for every host to be held up, and shorter than what is waited for files. */
const PAUSE_MS = 20_000;

const COMPILER = 'gcc -std=gnu99';
// Its own "ar rcu" warns that u is of no use here.
const target = 'linux AR="ar rc"';
const digests = 'find . -name "*.o" -o -name "*.a" -o -name lua | sort | xargs sha256sum';

describeHosts(
  'make -j6 CC="dsh gcc" of Lua on three hosts',
  ({ lab, read, run }) => {
    /** Where make is called; the digests of a direct build are in `../direct`. */
    async function prepare(name: string): Promise<string> {
      const source = `${await unpackSource('lua5.4', join(lab().directory, name))}/src`;
      const tree = await read(`cp -r ${source} lua; cd lua; pwd`);
      // Outside of these kernels, which takes a tenth of the time.
      const text = `make -j2 ${target} CC="${COMPILER}" >/dev/null && ${digests} >direct`;
      const direct = await runCommand(['sh', '-c', text], { directory: source });
      expect(direct).toMatchObject({ status: 0, stderr: '' });
      await read(`mv ${source}/direct ${tree}/../direct`);
      return tree;
    }

    /** A build takes 20 s, and two minutes where others need the machine as well. */
    const limits = { timeout: 120_000 + builds * 300_000 };
    const make = (tree: string, words = ''): string =>
      `cd ${tree}; make -j6 ${target} CC="dsh ${words} ${COMPILER}"`;

    test(
      `is right ${builds} times of ${builds}, and leaves nothing to be done`,
      limits,
      async () => {
        const tree = await prepare('one');
        for (let count = 0; count < builds; count += 1) {
          const begunMs = performance.now();
          const build = await run(make(tree));
          expect(build).toMatchObject({ status: 0, stderr: '' });
          console.log(`build ${count + 1}: ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
          await read(`cd ${tree}; ${digests} | diff ../direct -`);
          const again = await run(make(tree));
          expect(again).toMatchObject({ status: 0, stderr: '' });
          expect(again.stdout).toContain("Nothing to be done for 'all'");
          expect(again.stdout).not.toContain(COMPILER);
          await read(`cd ${tree}; make -s clean`);
        }
      },
    );

    test('waits for a file server that stands still for 20 s, and ends well', async () => {
      const tree = await prepare('two');
      let hasEnded = false;
      const building = run(make(tree, '-v')).finally(() => {
        hasEnded = true;
      });
      const objects = `ls /mnt/export${tree.replace('/mnt/work', '')} | grep -c "[.]o$"`;
      await waitUntil('six objects', async () => {
        const { stdout } = await lab().runServer(['sh', '-c', objects]);
        return Number(stdout) >= 6;
      });
      lab().pauseServer(true);
      await delay(PAUSE_MS);
      expect(hasEnded).toBe(false);
      lab().pauseServer(false);
      const { status, stderr } = await building;
      expect(status).toBe(0);
      // Mostly the compilers wait, as they would here; dsh may say that it does so too.
      const lines = stderr.split('\n').filter((line) => !/^dsh: h[123]$|^$/.test(line));
      expect(lines.filter((line) => !line.startsWith('dsh: waiting for '))).toEqual([]);
      await read(`cd ${tree}; ${digests} | diff ../direct -`);
      expect((await run(make(tree))).stdout).toContain("Nothing to be done for 'all'");
    });
  },
  ['libc6-dev', 'make', 'dpkg-dev', 'xz-utils', 'source:lua5.4'],
);
