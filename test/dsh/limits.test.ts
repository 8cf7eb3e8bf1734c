import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Limit } from '../../src/core/wire/command.ts';
import { parseLimits } from '../../src/dsh/limits.ts';
import { ending, prepareClient } from './client.ts';
import { type Client, startTestAgent, type TestAgent } from './test-agent.ts';

const dsh = await prepareClient();
let agent: TestAgent;

beforeEach(async () => {
  agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
});
afterEach(() => agent.close());

/** What a script's one call of dsh asks for. */
async function asked(script: string): Promise<Client> {
  const child = dsh.shell(script);
  const client = await agent.accept();
  client.send({ type: 'exited', status: 0 });
  expect(await ending(child)).toMatchObject({ status: 0, stderr: '' });
  return client;
}

const CPU = 0;
const CORE = 4;
const OPEN_FILES = 7;

function limit(limits: readonly Limit[], resource: number): Limit | undefined {
  return limits.find((each) => each.resource === resource);
}

test('the table of the kernel is read to its end', () => {
  const limits = parseLimits(readFileSync('/proc/self/limits', 'latin1'));
  expect(limits.map(({ resource }) => resource)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  for (const { soft, hard } of limits) expect(soft).toBeLessThanOrEqual(hard);
});

test('a line that is no limit, or of one that is not known, is passed over', () => {
  const text = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              5                    unlimited            seconds
Max flux                  1                    2                    bytes
`;
  expect(parseLimits(text)).toEqual([{ resource: CPU, soft: 5, hard: Infinity }]);
});

test('limits and nice value arrive', async () => {
  const { command } = await asked('ulimit -St 1000; ulimit -Sc 0; exec nice -n 5 $DSH ls');
  expect(limit(command.limits, CPU)).toMatchObject({ soft: 1000 });
  expect(limit(command.limits, CORE)).toMatchObject({ soft: 0 });
  expect(command.limits).toHaveLength(16);
  expect(command.nice).toBe(5);
});

test('the limit of open files is the caller’s, not what Node makes of it', async () => {
  const { command } = await asked('ulimit -Sn 300; $DSH ls');
  expect(limit(command.limits, OPEN_FILES)).toMatchObject({ soft: 300 });
});

test('a command that runs here has it, too', async () => {
  const child = dsh.shell(`ulimit -Sn 300; ulimit -St 1000; $DSH sh -c 'ulimit -Sn; ulimit -St'`);
  const client = await agent.accept();
  client.send({ type: 'run-here', node: 'h1' });
  expect(await ending(child)).toMatchObject({ stdout: '300\n1000\n', stderr: '' });
});
