/** `--json`, the same for every command that lists something; docs/dshctl.md has the fields. */
import type { Option } from '../core/option-table.ts';

export const jsonOption = {
  name: 'json',
  help: 'JSON with stable fields, for programs',
} as const satisfies Option;
