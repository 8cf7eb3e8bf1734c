/** How many CPUs a process may run on, from its /proc/PID/status. */
export function parseAffinity(statusText: string): number | undefined {
  const list = ALLOWED_LIST.exec(statusText)?.[1];
  return list === undefined ? undefined : countList(list);
}

const ALLOWED_LIST = /^Cpus_allowed_list:[ \t]*([\d,-]+)[ \t]*$/m;
const RANGE = /^(\d{1,6})(?:-(\d{1,6}))?$/;

/** Counts a kernel list such as `0-3,8,10-11`, whose ranges are in order and do not overlap. */
function countList(list: string): number | undefined {
  let count = 0;
  for (const range of list.split(',')) {
    const [, first, last = first] = RANGE.exec(range) ?? [];
    if (Number(last) >= Number(first)) count += Number(last) - Number(first) + 1;
    else return undefined;
  }
  return count;
}
