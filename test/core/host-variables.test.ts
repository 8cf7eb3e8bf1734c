import { expect, it } from 'vitest';
import { hostVariableNames, isHostVariable } from '../../src/core/host-variables.ts';

it.each([
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'SSH_CONNECTION',
  'SSH_SOMETHING_NEW',
  'XDG_SESSION_DESKTOP',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'DSH_SOCKET',
])('%s stays', (name) => expect(isHostVariable(name)).toBe(true));

it.each([
  'PATH',
  'HOME',
  'LANG',
  'TERM',
  'XDG_CONFIG_HOME',
  'SSHPASS',
  'MY_DISPLAY',
  'DISPLAY_NUMBER',
  'DSH_RSH',
  'DSH_EXEC',
  '',
])('%s travels', (name) => expect(isHostVariable(name)).toBe(false));

it('the listed names are words that a shell can expand', () => {
  expect(hostVariableNames.filter((name) => !/^[A-Z_][A-Z0-9_]*$/.test(name))).toEqual([]);
  expect(hostVariableNames.every(isHostVariable)).toBe(true);
});
