/** `dshctl setup` on hosts that have never seen dsh. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshHosts, startFreshHosts } from '../support/fresh-hosts.ts';
import { describeWith } from '../support/lab-requirements.ts';

describeWith(['namespaces', 'iproute2', 'openssh-server'], 'dshctl setup, by root', () => {
  let fresh: FreshHosts;
  beforeAll(async () => {
    fresh = await startFreshHosts(['h1', 'h2', 'h3']);
  });
  afterAll(async () => fresh.close());

  test('says what it would do, and does nothing', async () => {
    const { status, stdout, stderr } = await fresh.run(
      'h1',
      `${fresh.source}/dist/dshctl.js setup --dry-run h2`,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^h1 +would install dsh in \/usr\/local\/bin, .*\nh2 +would install .*\n$/,
    );
    expect(await fresh.run('h2', 'ls /etc/dsh /usr/local/lib/dsh')).toMatchObject({ status: 2 });
  });

  test('makes a cluster of two hosts, and doctor finds nothing', async () => {
    const { status, stdout, stderr } = await fresh.run(
      'h1',
      `${fresh.source}/dist/dshctl.js setup h2`,
    );
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /h1 +installed dsh in \/usr\/local\/bin; wrote cluster, key; dshd started/,
    );
    expect(stdout).toMatch(
      /h2 +installed dsh in \/usr\/local\/bin; wrote cluster, key; dshd started/,
    );
    expect(stdout).toMatch(/\n2 nodes, \d+ checks: nothing found\n$/);
    expect(await fresh.run('h1', 'dsh -vH h2 hostname')).toMatchObject({
      stdout: 'h2\n',
      stderr: 'dsh: h2\n',
    });
    expect(await fresh.run('h2', 'stat -c "%U %a" /etc/dsh/key; dsh -H h1 hostname')).toMatchObject(
      {
        stdout: 'nobody 600\nh1\n',
      },
    );
  });

  test('does nothing the second time, and adds a third host to all', async () => {
    const again = await fresh.run('h1', 'dshctl setup h2');
    expect(again.stdout).toMatch(
      /^h1 +has dsh in \/usr\/local\/bin; dshd running\nh2 +dsh in \/usr\/local\/bin; dshd running\n/,
    );
    await fresh.run('h1', 'sed -i "s/^h2 /h2 2 /" /etc/dsh/cluster');
    const more = await fresh.run('h1', 'dshctl setup h3');
    expect(more.stdout).toMatch(/h2 +dsh in .*; wrote cluster; dshd running\n/);
    expect(more.stdout).toMatch(/h3 +installed .*\n(.*\n)+3 nodes, \d+ checks: nothing found\n$/);
    const { stdout } = await fresh.run('h2', 'cat /etc/dsh/cluster');
    expect(stdout).toMatch(
      /^#.*\nh1 address=10\.77\.0\.11\nh2 2 address=10\.77\.0\.12\nh3 address=10\.77\.0\.13\n$/,
    );
  });

  test('leaves a host behind that fails, and says so at the end', async () => {
    const { status, stdout } = await fresh.run('h1', 'dshctl setup h2 nowhere.invalid');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /nowhere\.invalid +FAILED: ssh does not know a host 'nowhere\.invalid'.*\n3 nodes/,
    );
    expect(await fresh.run('h1', 'grep -c nowhere /etc/dsh/cluster')).toMatchObject({
      stdout: '0\n',
    });
  });
});

describeWith(['namespaces', 'iproute2', 'openssh-server'], 'dshctl setup, by a user', () => {
  let fresh: FreshHosts;
  beforeAll(async () => {
    fresh = await startFreshHosts(['h1', 'h2']);
  });
  afterAll(async () => fresh.close());
  const user = 'anna';

  test('makes a cluster of her own, which outlives the login', async () => {
    const { status, stdout, stderr } = await fresh.run(
      'h1',
      `${fresh.source}/dist/dshctl.js setup h2`,
      { user },
    );
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /h2 +installed dsh in \/home\/anna\/\.local\/bin; wrote cluster, key; dshd started in the background/,
    );
    expect(stdout).toMatch(/\n2 nodes, \d+ checks: nothing found\n$/);
    const dsh = '~/.local/bin/dsh -vH h2 sh -c "hostname; id -un"';
    expect(await fresh.run('h1', dsh, { user })).toMatchObject({
      stdout: 'h2\nanna\n',
      stderr: 'dsh: h2\n',
    });
    const again = await fresh.run('h1', '~/.local/bin/dshctl setup h2', { user });
    expect(again.stdout).toMatch(/^h1 +dsh in .*; dshd running\nh2 +dsh in .*; dshd running\n/);
  });
});
