/** What one writes who has ssh and no more: a compiler that goes to one node after the other. */
import { writeFileSync } from 'node:fs';
import type { Lab } from '../../lab/cluster.ts';
import { type Contender, waysOf } from '../contender.ts';
import { multiplexedSsh, openMasters } from './ssh.ts';

export async function startSshCompiler(lab: Lab, nodes: readonly string[]): Promise<Contender> {
  await openMasters(lab, 'h1', nodes);
  const script = `${lab.directory}/ssh-compiler`;
  writeFileSync(script, text(lab, nodes), { mode: 0o755 });
  return { name: 'ssh, ControlMaster, round robin', ways: waysOf([4, 6, 8], { prefix: script }) };
}

/** The file of turns grows by a byte a call, and its size says whose turn it is. */
function text(lab: Lab, nodes: readonly string[]): string {
  return [
    '#!/bin/sh',
    `printf x >>${lab.directory}/turns`,
    `turn=$(stat -c %s ${lab.directory}/turns)`,
    `case $((turn % ${nodes.length})) in`,
    ...nodes.map((node, index) => `${index}) node=${node} ;;`),
    'esac',
    `exec ${multiplexedSsh(lab).join(' ')} $node "cd $PWD && $*"`,
    '',
  ].join('\n');
}
