/** `dshctl doctor` among planted faults: each is found, named and given its cure, and nothing else. */
import { appendFileSync, chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clinic, finding, openClinic } from '../support/clinic.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();

describeWith(['root', 'openssh-server', 'gcc'], 'dshctl doctor', () => {
  let clinic: Clinic;
  beforeAll(async () => {
    clinic = await openClinic(folder);
  });
  afterAll(async () => clinic.lab.close());

  /** Without the planted one there are none. */
  async function expectFinding(...words: Parameters<typeof finding>): Promise<void> {
    expect(await clinic.findings()).toEqual([finding(...words)]);
  }

  test('finds nothing in a sound cluster, and leaves nothing behind', async () => {
    expect(await clinic.callDoctor()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^3 nodes, \d+ checks: nothing found\n$/),
      stderr: '',
    });
    expect(readdirSync(`${folder}/shared`)).toEqual([]);
  });

  test('finds what keeps ssh out', async () => {
    const { lab } = clinic;
    const known = readFileSync(`${lab.directory}/known_hosts`, 'utf8');
    const change = (text: string): void => writeFileSync(`${lab.directory}/known_hosts`, text);
    const [first, second, third] = known.split('\n');

    change(`${first}\n${third}\n`);
    await expectFinding('unknown-host-key', 'h2', /host key of h2 is not known/, /ssh h2 once/);
    change(
      `${first}\n${second!.split(' ')[0]} ${third!.split(' ').slice(1).join(' ')}\n${third}\n`,
    );
    await expectFinding('changed-host-key', 'h2', /is not the one/, /ssh-keygen -R h2/);
    change(known);

    const key = readFileSync(`${lab.directory}/key.pub`, 'utf8');
    writeFileSync(`${lab.directory}/key.pub`, '');
    expect((await clinic.findings()).map(({ check, node }) => `${node} ${check}`)).toEqual([
      'h2 login',
      'h3 login',
    ]);
    writeFileSync(`${lab.directory}/key.pub`, key);

    const config = readFileSync(`${lab.directory}/ssh_config`, 'utf8');
    const changed = config.replace(/(Host h2\n +HostName) .*/, '$1 h2.invalid');
    writeFileSync(`${lab.directory}/ssh_config`, changed);
    await expectFinding('host-name', 'h2', /does not know a host 'h2'/, /\/etc\/hosts/);
    writeFileSync(`${lab.directory}/ssh_config`, config);

    await lab.host('h2').kill('sshd');
    await expectFinding('connection', 'h2', /cannot connect to h2/, /systemctl status ssh/);
    const sshd = `${lab.host('h2').directory}/sshd_config`;
    const lines = readFileSync(sshd, 'utf8');
    // Of this option sshd takes the last line, and not the first.
    writeFileSync(sshd, `MaxSessions 1\n${lines}MaxStartups 2:30:10\n`);
    await lab.host('h2').startSshd();
    expect(await clinic.findings()).toEqual([
      finding('sshd-limits', 'h2', /more than 2 connections/, /MaxStartups 10/),
      finding('sshd-limits', 'h2', /1 sessions/, /MaxSessions 10/),
    ]);
    await lab.host('h2').kill('sshd');
    writeFileSync(sshd, lines);
    await lab.host('h2').startSshd();
  });

  test('finds a key that others may read, and a cluster file that dshd has not read', async () => {
    chmodSync(clinic.file('h2', 'key'), 0o644);
    await expectFinding('key-file', 'h2', /others may use the key .*mode 0644/, /chmod 600/);
    chmodSync(clinic.file('h2', 'key'), 0o600);
    for (const host of ['h1', 'h2', 'h3']) appendFileSync(clinic.file(host, 'cluster'), 'h4\n');
    await clinic.stopDaemon('h1', 'SIGHUP');
    await clinic.stopDaemon('h3', 'SIGHUP');
    await clinic.waitFor('h1', 'h4', ['unknown']);
    await clinic.waitFor('h3', 'h4', ['unknown']);
    const findings = await clinic.findings();
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'reload',
        node: 'h2',
        what: expect.stringContaining('+h4'),
      }),
    );
    await clinic.heal();
  });

  test('finds a daemon that is gone, and one that hangs', async () => {
    await clinic.stopDaemon('h2');
    await expectFinding('daemon', 'h2', /no dshd answers at/, /systemctl start dshd/);
    await clinic.startDaemon('h2');
    await clinic.stopDaemon('h2', 'SIGSTOP');
    await expectFinding('daemon', 'h2', /gives no answer/, /restart/);
    await clinic.stopDaemon('h2', 'SIGCONT');
    await clinic.waitFor('h1', 'h2', ['ok', 'hot']);
  });

  const settings: readonly [string, () => void, string, RegExp, RegExp][] = [
    [
      'another cluster file',
      () =>
        writeFileSync(
          clinic.file('h2', 'cluster'),
          withoutLine(clinic.file('h2', 'cluster'), 'h1'),
        ),
      'cluster-file',
      /is not that of h1: it lacks h1/,
      /copy the file of h1/,
    ],
    [
      'another key',
      () => {
        chmodSync(clinic.file('h2', 'key'), 0o600);
        writeFileSync(clinic.file('h2', 'key'), `7 ${'ab'.repeat(32)}\n`);
      },
      'key',
      /is not that of h1/,
      /copy .*key from h1/,
    ],
    [
      'no key',
      () =>
        writeFileSync(
          clinic.file('h2', 'dshd.conf'),
          readFileSync(clinic.file('h2', 'dshd.conf'), 'utf8').replace(
            /^key = .*$/m,
            'auth = none',
          ),
        ),
      'key-file',
      /has no key, and that of h1 has one/,
      /copy .*key of h1/,
    ],
    [
      'another cluster name',
      () => appendFileSync(clinic.file('h2', 'dshd.conf'), 'cluster-name = blue\n'),
      'cluster-name',
      /'blue', the others of 'dsh'/,
      /--cluster-name dsh/,
    ],
    [
      'another port',
      () => appendFileSync(clinic.file('h2', 'dshd.conf'), 'udp-port = 8191\n'),
      'ports',
      /port 8191 \(--udp-port\), the others 8181/,
      /--udp-port 8181/,
    ],
  ];
  test.each(settings)('finds %s', async (_, plant, check, what, cure) => {
    await clinic.stopDaemon('h2');
    plant();
    await clinic.startDaemon('h2');
    await clinic.waitFor('h1', 'h2', ['silent', 'unknown']);
    await expectFinding(check, 'h2', what, cure);
    await clinic.heal();
  });

  test('says what it was asked wrongly', async () => {
    expect(await clinic.callDoctor(['h9'])).toMatchObject({
      status: 2,
      stderr: "dshctl: 'h9' is no node of the cluster: h1, h2, h3\n",
    });
    expect(await clinic.callDoctor(['--directory', '/proc'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^dshctl: cannot write in \/proc \(.*\): go to one that the nodes share, /,
      ),
    });
  });
});

function withoutLine(file: string, name: string): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => !line.startsWith(`${name} `)).join('\n');
}
