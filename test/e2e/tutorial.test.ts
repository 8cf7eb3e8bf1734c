/** docs/tutorial.md, as a new user goes through it: every line of it, on two fresh hosts. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectDirectory } from '../../lab/project.ts';
import { checks } from '../../src/dshctl/doctor/checks/index.ts';
import { type FreshHosts, startFreshHosts } from '../support/fresh-hosts.ts';
import { describeWith } from '../support/lab-requirements.ts';

const text = readFileSync(`${projectDirectory}/docs/tutorial.md`, 'utf8');
const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);

describeWith(['namespaces', 'iproute2', 'openssh-server', 'gcc', 'make'], 'the tutorial', () => {
  let fresh: FreshHosts;
  beforeAll(async () => {
    fresh = await startFreshHosts(['newton', 'kepler']);
  });
  afterAll(async () => fresh.close());

  test('leads from nothing to a build on both hosts', async () => {
    // Building needs the registry of npm, which the hosts cannot reach: the copy there is built.
    expect(blocks.filter((block) => block === 'make\n')).toHaveLength(1);
    const script = blocks.filter((block) => block !== 'make\n').join('');
    const { status, stdout, stderr } = await fresh.run('newton', `set -e\n${script}`, {
      directory: fresh.source,
    });
    expect({ status }, stderr + stdout).toEqual({ status: 0 });

    expect(stdout).toContain('newton  has dsh in /usr/local/bin; wrote cluster, key; dshd started');
    expect(stdout).toContain(
      'kepler  installed dsh in /usr/local/bin; wrote cluster, key; dshd started',
    );
    expect(stdout).toContain(`2 nodes, ${checks.length} checks: nothing found\n`);
    expect(text).toContain(`2 nodes, ${checks.length} checks: nothing found\n`);
    expect(stdout).toContain('\netc/hostname\nkepler\n');
    const numbers = Array.from({ length: 16 }, (_, index) => `${index + 1} `).join('');
    expect(stdout.split(numbers)).toHaveLength(3);
    expect(stderr).toContain('dsh: kepler\n');
  });
});
