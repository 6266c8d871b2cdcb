// A program that a test compiles against the packed package, as an ES module and as CommonJS, and runs.
import {
  type Change,
  createClient,
  type Invocation,
  type Observation,
  type Page,
  ReadError,
  type SessionDetail,
} from '@skillwatch/client'
import { recordTools, type ToolCall } from '@skillwatch/client/mcp'
import { createClient as createNodeClient } from '@skillwatch/client/node'

const client = createClient({ url: 'http://127.0.0.1:1', sessionId: 'session' })
const nodeClient: ReturnType<typeof createNodeClient> = client

export function record(observation: Observation): string {
  return nodeClient.record(observation)
}

export function invocationOf(change: Change): Invocation | undefined {
  return change.op === 'delete' ? undefined : change.invocation
}

export function skillOf({ tool }: ToolCall): Observation['skill_name'] {
  return tool
}

export async function branchesOf(id: string): Promise<string[]> {
  const session: SessionDetail = await client.session(id, { signal: AbortSignal.timeout(1_000) })
  // @ts-expect-error: a field that does not exist is an error, so the types are not `any`.
  return session.branches
}

async function failedCalls(): Promise<Invocation[]> {
  const calls: Invocation[] = []
  const pages: AsyncIterable<Page<Invocation>> = client.invocations({ outcome: 'failed', since: '7d' })
  for await (const page of pages) calls.push(...page.items)
  return calls
}

/** Uses a value of each entry point. Nothing listens at the address. */
async function main(): Promise<void> {
  const error = await failedCalls().catch((each: unknown) => each)
  const isExpected = error instanceof ReadError && error.problem === undefined
  // biome-ignore lint/suspicious/noConsole: the test reads it.
  console.log(isExpected, typeof recordTools, typeof createNodeClient)
}

void main()
