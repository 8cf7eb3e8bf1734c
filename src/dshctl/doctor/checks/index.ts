/** All checks, in the order in which their findings are worth curing. */
import type { Check } from '../evidence.ts';
import { changedHostKey } from './changed-host-key.ts';
import { clock } from './clock.ts';
import { clusterFile } from './cluster-file.ts';
import { clusterName } from './cluster-name.ts';
import { compilers } from './compilers.ts';
import { connection } from './connection.ts';
import { daemon } from './daemon.ts';
import { firewall } from './firewall.ts';
import { hostName } from './host-name.ts';
import { key } from './key.ts';
import { keyFile } from './key-file.ts';
import { limitsCheck } from './limits.ts';
import { login } from './login.ts';
import { loginTime } from './login-time.ts';
import { nativeRunner } from './native-runner.ts';
import { nodeJs } from './node-js.ts';
import { nodeVersion } from './node-version.ts';
import { portsCheck } from './ports.ts';
import { reload } from './reload.ts';
import { remoteShell } from './remote-shell.ts';
import { runner } from './runner.ts';
import { sharedDirectory } from './shared-directory.ts';
import { sshdLimits } from './sshd-limits.ts';
import { unknownHostKey } from './unknown-host-key.ts';
import { user } from './user.ts';
import { version } from './version.ts';

export const checks: readonly Check[] = [
  hostName,
  connection,
  changedHostKey,
  unknownHostKey,
  login,
  loginTime,
  remoteShell,
  nodeJs,
  nodeVersion,
  runner,
  version,
  nativeRunner,
  daemon,
  clusterFile,
  reload,
  keyFile,
  key,
  clusterName,
  portsCheck,
  firewall,
  clock,
  sharedDirectory,
  user,
  compilers,
  limitsCheck,
  sshdLimits,
];
