/** Holds answers against docs/openapi.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { projectDirectory } from '../../lab/project.ts';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: object; $ref?: string }>>;
}

export const openapi = JSON.parse(
  readFileSync(join(projectDirectory, 'docs/openapi.json'), 'utf8'),
) as { readonly paths: Readonly<Record<string, { readonly get: Operation }>> };

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(schemas(), 'openapi');

/** What is wrong with `value` as an answer of that schema; empty: nothing. */
export function findSchemaFaults(schema: string, value: unknown): readonly string[] {
  const validate = ajv.getSchema(`openapi#/$defs/${schema}`);
  if (!validate) throw new Error(`docs/openapi.json has no schema ${schema}`);
  void validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

/** The name of the schema that the document gives the JSON answer of `path` with that status. */
export function schemaOf(path: string, status: number): string {
  const { responses } = openapi.paths[path]!.get;
  const content = responses[status]?.content ?? responses['default'];
  return /schemas\/(\w+)/.exec(JSON.stringify(content))?.[1] ?? 'RefusedAnswer';
}

/** As plain JSON Schema, which knows no `components`. */
function schemas(): object {
  const { components } = openapi as unknown as { components: { schemas: object } };
  const text = JSON.stringify({ $defs: components.schemas });
  return JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as object;
}
