/** Whatever the files hold: nothing throws, and what comes out can be placed by. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAffinity } from '../../../src/core/proc/affinity.ts';
import { CPUS_MIN, combineCpus, combineMemory } from '../../../src/core/proc/capacity.ts';
import {
  findMemoryGroups,
  readMemoryUsage,
  readQuota,
} from '../../../src/core/proc/cgroup-limits.ts';
import { placeCgroups } from '../../../src/core/proc/cgroup-place.ts';
import { parseLoadavg } from '../../../src/core/proc/loadavg.ts';
import { parseMeminfo } from '../../../src/core/proc/meminfo.ts';
import { parsePressure } from '../../../src/core/proc/pressure.ts';
import { parseTaskStat } from '../../../src/core/proc/task-stat.ts';
import { GIB, machines } from './machines.ts';

/** Texts made of the words that the parsers look for come further in than random ones. */
const words = fc.constantFrom(
  ...'0|1|-1|007|1.5|99999999999999999999|max|R|/|/a|/a/b|/..| | | |\t|\n|\n|,|:|:|-| - |(|) '.split(
    '|',
  ),
  ...'MemTotal:|MemAvailable:|MemFree:|Cached:|Shmem:|Cpus_allowed_list:|full avg10='.split('|'),
  ...'inactive_file |cgroup|cgroup2|cpu|memory|cgroup2 x rw\n|/sys/fs/|\\040'.split('|'),
);
const garbage = fc.oneof(
  fc.array(words, { maxLength: 40 }).map((list) => list.join('')),
  fc.string({ maxLength: 200, unit: 'binary' }),
);

test('single files', () => {
  const finite = (value: object | number | undefined): boolean =>
    Object.values(typeof value === 'object' ? value : { value }).every(
      (figure) => typeof figure !== 'number' || (Number.isFinite(figure) && figure >= 0),
    );
  fc.assert(
    fc.property(garbage, (text) => {
      for (const parse of [
        parseLoadavg,
        parseMeminfo,
        parseAffinity,
        parsePressure,
        parseTaskStat,
      ]) {
        expect(finite(parse(text))).toBe(true);
      }
      expect(parsePressure(text) ?? 0).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2000 },
  );
});

test('cgroups of any kind, whose files hold anything', () => {
  const host = { totalBytes: 16 * GIB, availableBytes: 12 * GIB };
  const known = fc.constantFrom(...machines);
  const cgroups = fc.oneof(
    garbage,
    known.map((machine) => machine.cgroup),
  );
  const mountinfos = fc.oneof(
    garbage,
    known.map((machine) => machine.mountinfo),
  );
  fc.assert(
    fc.property(
      cgroups,
      mountinfos,
      fc.infiniteStream(fc.option(garbage)),
      (cgroup, mounts, texts) => {
        const read = (): string | undefined => texts.next().value ?? undefined;
        const places = placeCgroups(cgroup, mounts, '/sys');
        const groups = findMemoryGroups(read, places, host.totalBytes);
        const usages = groups.map((group) => readMemoryUsage(read, group));
        const cpus = combineCpus(4, readQuota(read, places));
        expect(cpus >= CPUS_MIN && cpus <= 4).toBe(true);
        const { totalBytes, freeBytes, memoryPressure } = combineMemory(host, 0, usages);
        expect(totalBytes > 0 && totalBytes <= host.totalBytes).toBe(true);
        expect(freeBytes >= 0 && freeBytes <= host.availableBytes).toBe(true);
        expect(freeBytes <= totalBytes).toBe(true);
        expect(memoryPressure >= 0 && memoryPressure <= 1).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});
