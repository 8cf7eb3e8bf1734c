/** What real kinds of machines say in /proc and their cgroup files, cut to the lines that matter. */
export interface Machine {
  readonly situation: string;
  readonly cgroup: string;
  readonly mountinfo: string;
  /** Of cgroups, by path; whatever is not here is missing. */
  readonly files: Readonly<Record<string, string>>;
  readonly expected: {
    /** Infinity: no quota. */
    readonly quota: number;
    /** Of a machine with 16 GiB, 12 of them available. */
    readonly totalBytes: number;
    readonly freeBytes: number;
    readonly memoryPressure: number;
  };
}

export const GIB = 1024 ** 3;
const UNLIMITED_V1 = '9223372036854771712\n';
const unlimited = {
  quota: Infinity,
  totalBytes: 16 * GIB,
  freeBytes: 12 * GIB,
  memoryPressure: 0,
};

const mountsV1 = `\
22 27 0:20 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
23 27 0:4 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
29 22 0:25 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
30 29 0:26 / /sys/fs/cgroup/systemd rw,nosuid shared:10 - cgroup cgroup rw,xattr,name=systemd
33 29 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:14 - cgroup cgroup rw,cpu,cpuacct
34 29 0:30 / /sys/fs/cgroup/cpuset rw,nosuid shared:15 - cgroup cgroup rw,cpuset
37 29 0:33 / /sys/fs/cgroup/memory rw,nosuid shared:18 - cgroup cgroup rw,memory
`;

const mountsV2 = `\
22 27 0:20 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
29 22 0:25 / /sys/fs/cgroup rw,nosuid,nodev,noexec shared:9 - cgroup2 cgroup2 rw,nsdelegate
`;

export const machines: readonly Machine[] = [
  {
    situation: 'a kernel without cgroups',
    cgroup: '',
    mountinfo: '22 27 0:20 / /sys rw,relatime - sysfs sysfs rw\n',
    files: {},
    expected: unlimited,
  },
  {
    situation: 'a bare v1 host with a service that has no limits',
    cgroup: `\
7:memory:/system.slice/dshd.service
4:cpu,cpuacct:/system.slice/dshd.service
3:cpuset:/
1:name=systemd:/system.slice/dshd.service
`,
    mountinfo: mountsV1,
    files: {
      '/sys/fs/cgroup/cpu,cpuacct/system.slice/dshd.service/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu,cpuacct/system.slice/dshd.service/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/system.slice/dshd.service/memory.limit_in_bytes': UNLIMITED_V1,
      '/sys/fs/cgroup/memory/system.slice/memory.limit_in_bytes': '9223372036854775807\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': UNLIMITED_V1,
    },
    expected: unlimited,
  },
  {
    situation: 'a hybrid host: v2 mounted without controllers, v1 with the limits',
    cgroup: `\
12:memory:/user.slice
5:cpu,cpuacct:/user.slice/batch
1:name=systemd:/user.slice/user-7.slice/session-1.scope
0::/user.slice/user-7.slice/session-1.scope
`,
    mountinfo: `${mountsV1}\
31 29 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:11 - cgroup2 cgroup2 rw,nsdelegate
`,
    files: {
      '/sys/fs/cgroup/cpu,cpuacct/user.slice/batch/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu,cpuacct/user.slice/batch/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpu,cpuacct/user.slice/cpu.cfs_quota_us': '75000\n',
      '/sys/fs/cgroup/cpu,cpuacct/user.slice/cpu.cfs_period_us': '50000\n',
      '/sys/fs/cgroup/memory/user.slice/memory.limit_in_bytes': `${8 * GIB}\n`,
      '/sys/fs/cgroup/memory/user.slice/memory.usage_in_bytes': `${5 * GIB}\n`,
      '/sys/fs/cgroup/memory/user.slice/memory.stat': `\
cache 1024
inactive_file 4096
hierarchical_memory_limit ${8 * GIB}
total_cache ${4 * GIB}
total_inactive_file ${3 * GIB}
`,
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': UNLIMITED_V1,
      '/sys/fs/cgroup/unified/user.slice/memory.pressure': 'full avg10=0.00 avg60=0.00\n',
    },
    expected: { ...unlimited, quota: 1.5, totalBytes: 8 * GIB, freeBytes: 6 * GIB },
  },
  {
    situation: 'a v2 host with nested limits: each is the least in one respect',
    cgroup: '0::/user.slice/user-1000.slice/run-7.scope\n',
    mountinfo: mountsV2,
    files: {
      '/sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/user.slice/user-1000.slice/cpu.max': '25000 100000\n',
      '/sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope/memory.max': `${2 * GIB}\n`,
      '/sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope/memory.current': `${GIB / 2}\n`,
      '/sys/fs/cgroup/user.slice/user-1000.slice/run-7.scope/memory.stat': 'inactive_file 0\n',
      '/sys/fs/cgroup/user.slice/user-1000.slice/memory.max': `${4 * GIB}\n`,
      '/sys/fs/cgroup/user.slice/user-1000.slice/memory.current': `${4 * GIB}\n`,
      '/sys/fs/cgroup/user.slice/user-1000.slice/memory.stat': `\
anon ${3 * GIB}
file ${GIB}
inactive_anon ${3 * GIB}
active_file 0
inactive_file ${GIB}
`,
      '/sys/fs/cgroup/user.slice/user-1000.slice/memory.pressure': `\
some avg10=40.00 avg60=8.00 avg300=2.00 total=9000
full avg10=12.50 avg60=4.00 avg300=1.00 total=8000
`,
      '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
    },
    expected: { quota: 0.25, totalBytes: 2 * GIB, freeBytes: GIB, memoryPressure: 0.125 },
  },
  {
    situation: 'docker on v2, whose namespace makes the group /',
    cgroup: '0::/\n',
    mountinfo: `\
1302 1301 0:215 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1305 1301 0:219 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro
1306 1305 0:28 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate
`,
    files: {
      '/sys/fs/cgroup/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/memory.max': `${4 * GIB}\n`,
      '/sys/fs/cgroup/memory.current': `${3 * GIB}\n`,
      '/sys/fs/cgroup/memory.stat': `anon ${GIB}\ninactive_file ${2 * GIB}\n`,
    },
    expected: { ...unlimited, quota: 1.5, totalBytes: 4 * GIB, freeBytes: 3 * GIB },
  },
  {
    situation: 'docker on v1, without a namespace: the mount begins at its own group',
    cgroup: `\
9:cpuacct,cpu:/docker/0b5f/worker
4:memory:/docker/0b5f
`,
    mountinfo: `\
990 985 0:29 /docker/0b5f /sys/fs/cgroup/cpu,cpuacct ro master:14 - cgroup cgroup rw,cpu,cpuacct
994 985 0:33 /docker/0b5f /sys/fs/cgroup/memory ro master:18 - cgroup cgroup rw,memory
`,
    files: {
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '200000\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpu,cpuacct/worker/cpu.cfs_quota_us': '50000\n',
      '/sys/fs/cgroup/cpu,cpuacct/worker/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${GIB}\n`,
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${2 * GIB}\n`,
    },
    expected: { ...unlimited, quota: 0.5, totalBytes: GIB, freeBytes: 0 },
  },
  {
    situation: 'LXC on v2: services of its own below a limited container',
    cgroup: '0::/system.slice/dshd.service\n',
    mountinfo: `\
512 500 0:51 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
513 512 0:46 /proc/meminfo /proc/meminfo rw,nosuid,nodev,relatime - fuse.lxcfs lxcfs rw,user_id=0
520 500 0:28 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - cgroup2 none rw,nsdelegate
`,
    files: {
      '/sys/fs/cgroup/system.slice/dshd.service/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/cpu.max': '300000 100000\n',
      '/sys/fs/cgroup/memory.max': `${6 * GIB}\n`,
      '/sys/fs/cgroup/memory.current': `${GIB}\n`,
    },
    expected: { ...unlimited, quota: 3, totalBytes: 6 * GIB, freeBytes: 5 * GIB },
  },
  {
    situation: "a namespace over the host's mount, which cannot be walked to the group",
    cgroup: '4:memory:/\n1:cpu:/../job\n',
    mountinfo: `\
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
35 31 0:32 /../.. /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
`,
    files: {
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '700000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpu/../job/cpu.cfs_quota_us': '100000\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': UNLIMITED_V1,
    },
    expected: { ...unlimited, quota: 7 },
  },
  {
    situation: 'a group that is seen twice: the mount that shows its ancestors counts',
    cgroup: '0::/pods/blue cell/job\n',
    mountinfo: `\
40 30 0:28 /pods/blue\\040cell /sys/fs/cgroup ro - cgroup2 cgroup rw
41 30 0:28 / /host\\040cgroup ro - cgroup2 cgroup rw
`,
    files: {
      '/sys/fs/cgroup/job/cpu.max': '100000 100000\n',
      '/host cgroup/pods/blue cell/job/cpu.max': '100000 100000\n',
      '/host cgroup/pods/cpu.max': '10000 100000\n',
    },
    expected: { ...unlimited, quota: 0.1 },
  },
];
