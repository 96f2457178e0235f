import { invalidIntent } from './intent.js'
import { copyJson } from './json.js'
import type { Json } from './json.js'

/**
 * A validator as zod, valibot, arktype and others offer it: Standard Schema, version 1
 * (https://standardschema.dev), written out here so that nothing needs to be installed.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** What a schema's `validate` answers. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

/** One reason why a value was refused. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What a schema takes. */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input']

/** What a schema makes of it. */
export type SchemaOutput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output']

/**
 * What is stored for a value that a user passes: what the schema makes of it, if there is one, as JSON.
 * @throws FlowSyncError `op/invalid-intent`
 */
export function checked(value: unknown, schema: StandardSchema | undefined): Json {
  return copyJson(schema ? validate(schema, value) : value)
}

/**
 * Checks a value, and returns what the schema makes of it (defaults filled in, unknown keys dropped).
 * @throws FlowSyncError `op/invalid-intent` with the issues in `details`; also for a schema that
 *   answers with a promise, because an edit shows at once.
 */
export function validate(schema: StandardSchema, value: unknown): unknown {
  const result = answer(schema, value)
  if (result instanceof Promise)
    throw invalidIntent('the schema is asynchronous; use one that answers at once')
  if (result.issues === undefined) return result.value
  const issues = result.issues.map(({ message, path }) => ({ message, path: path?.map(segment) ?? [] }))
  throw invalidIntent(issues[0]?.message ?? 'the schema gives no reason', { details: { issues } })
}

function answer(
  schema: StandardSchema,
  value: unknown,
): SchemaResult<unknown> | Promise<SchemaResult<unknown>> {
  try {
    return schema['~standard'].validate(value)
  } catch (cause) {
    throw invalidIntent('the schema threw', { cause })
  }
}

function segment(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part)
}
