/** What tests need of the machine that no package brings: a container may give root less than all. */
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { read } from './run.mjs';

/** Returns the names of what is missing. */
export function findMissingAbilities() {
  return Object.keys(abilities).filter((name) => !abilities[name]());
}

const abilities = {
  root: () => process.getuid() === 0,
  namespaces: canMakeNamespaces,
  'cpu-quota': canLimitCpu,
};

/** Those of a host of a netns lab, and its cable. */
function canMakeNamespaces() {
  const unshare = ['unshare', '--net', '--uts', '--mount', '--mount-proc', '--pid', '--fork'];
  const script = 'ip link add bridge type bridge && ip link add cable type veth';
  return read([...unshare, 'sh', '-c', script]) !== undefined;
}

/** In either version of cgroups. */
function canLimitCpu() {
  const root = '/sys/fs/cgroup';
  return canMakeFolder(`${root}/cpu`) || (hasCpuController(root) && canMakeFolder(root));
}

function hasCpuController(root) {
  try {
    accessSync(`${root}/cgroup.subtree_control`, constants.W_OK);
    return readFileSync(`${root}/cgroup.controllers`, 'utf8').split(/\s/).includes('cpu');
  } catch {
    return false;
  }
}

function canMakeFolder(parent) {
  const folder = `${parent}/dsh-test-${process.pid}`;
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
