import type { Client } from './client.ts'
import type { TrackFields } from './client-options.ts'
import { dispose } from './dispose.ts'
import { safely } from './safely.ts'
import type { TrackedInvocation } from './tracking.ts'

/**
 * A server of the official MCP SDK: an `McpServer` or the `Server` inside of one, of `@modelcontextprotocol/server` (2)
 * or `@modelcontextprotocol/sdk` (1). Nothing of either is imported.
 */
export type ToolServer = { readonly server: RequestServer } | RequestServer

interface RequestServer {
  // biome-ignore lint/suspicious/noExplicitAny: the two SDKs have different overloads of it, and all of them fit.
  setRequestHandler(...args: any[]): void
}

/** A call as the client of the server asked for it. */
export interface ToolCall {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** Session of the transport, where it has one: several clients of one server differ in it. */
  readonly sessionId: string | undefined
  /** `_meta` of the request. */
  readonly meta: Readonly<Record<string, unknown>> | undefined
}

export interface RecordToolsOptions {
  /** As agents know the server: a call is named `mcp__<serverName>__<tool>`. */
  serverName: string
  /** Said of each call, such as its `session_id`; may be made from the call. */
  fields?: TrackFields | ((call: ToolCall) => TrackFields)
}

type Handler = (request: unknown, context: unknown) => unknown

/** What is known of a request and its context in both SDKs; all of it comes from outside. */
interface ToolRequest {
  readonly params?: { readonly name?: unknown; readonly arguments?: Record<string, unknown> }
}
interface RequestContext {
  readonly sessionId?: string
  readonly signal?: AbortSignal
  readonly _meta?: Record<string, unknown>
  /** In version 2 what concerns the request has a place of its own. */
  readonly mcpReq?: Pick<RequestContext, 'signal' | '_meta'>
}

const METHOD = 'tools/call'
const recordedServers = new WeakSet<object>()

/**
 * Records each call of each tool as kind `mcp`, whether the tool is registered already or comes later. What tools are
 * given, give back and throw is not touched. `isError` is a failure of class `tool_error`, or of the class of what the tool
 * has thrown; a call that is cancelled, or whose connection ends, is `abandoned`. What a tool does while it runs is nested in its call.
 * @returns the server; recording it once more changes nothing
 * @throws {TypeError} when it is no server of the SDK
 */
export function recordTools<S extends ToolServer>(
  server: S,
  client: Pick<Client, 'track'>,
  options: RecordToolsOptions,
): S {
  const handlers = handlersOf(server)
  if (recordedServers.has(handlers)) return server
  recordedServers.add(handlers)
  const thrown = watchTools(server)
  const recorded = (handler: Handler): Handler => {
    return async (request, context) => {
      const call = begin(client, options, request as ToolRequest, context as RequestContext)
      if (call === undefined) return handler(request, context)
      using _cancelling = abandonOnAbort(call, signalOf(context as RequestContext))
      try {
        const result = await call.run(() => handler(request, context))
        endWith(call, result, thrown.get(context as object))
        return result
      } catch (error) {
        call.fail(error)
        throw error
      }
    }
  }
  const present = handlers.get(METHOD)
  if (present) handlers.set(METHOD, recorded(present))
  const set = handlers.set.bind(handlers)
  handlers.set = (method, handler) => set(method, method === METHOD ? recorded(handler) : handler)
  return server
}

/** The table that both SDKs answer requests from; there is no public way to what is in it already. */
function handlersOf(server: ToolServer): Map<string, Handler> {
  const inner = 'server' in server ? server.server : server
  const handlers = (inner as { _requestHandlers?: unknown } | undefined)?._requestHandlers
  if (handlers instanceof Map) return handlers as Map<string, Handler>
  throw new TypeError(
    'expected an McpServer or Server of @modelcontextprotocol/server 2 or @modelcontextprotocol/sdk 1, got something without its request handlers',
  )
}

/** The SDK makes a result of what a tool throws, and the class of the error is gone; this remembers it by the call's context. */
function watchTools(server: ToolServer): WeakMap<object, { readonly error: unknown }> {
  const thrown = new WeakMap<object, { error: unknown }>()
  const watched = server as { executeToolHandler?: (...args: unknown[]) => Promise<unknown> }
  const execute = watched.executeToolHandler
  if (typeof execute !== 'function') return thrown
  watched.executeToolHandler = async (...args) => {
    try {
      return await execute.apply(server, args)
    } catch (error) {
      const context = args.at(-1)
      if (typeof context === 'object' && context !== null) thrown.set(context, { error })
      throw error
    }
  }
  return thrown
}

function begin(
  client: Pick<Client, 'track'>,
  { serverName, fields }: RecordToolsOptions,
  { params }: ToolRequest,
  context: RequestContext | undefined,
): TrackedInvocation | undefined {
  const tool = params?.name
  // The SDK refuses it.
  if (typeof tool !== 'string') return undefined
  const call: ToolCall = {
    tool,
    arguments: params?.arguments ?? {},
    sessionId: context?.sessionId,
    meta: context?.mcpReq?._meta ?? context?._meta,
  }
  const own = typeof fields === 'function' ? safely(() => fields(call)) : fields
  return client.track(`mcp__${serverName}__${tool}`, { kind: 'mcp', ...own })
}

function signalOf(context: RequestContext | undefined): AbortSignal | undefined {
  return context?.mcpReq?.signal ?? context?.signal
}

function abandonOnAbort(call: TrackedInvocation, signal: AbortSignal | undefined): Disposable {
  const abandon = () => call[dispose]()
  signal?.addEventListener('abort', abandon, { once: true })
  return { [dispose]: () => signal?.removeEventListener('abort', abandon) }
}

function endWith(
  call: TrackedInvocation,
  result: unknown,
  thrown: { readonly error: unknown } | undefined,
): void {
  const { isError, resultType } = (result ?? {}) as { isError?: unknown; resultType?: unknown }
  if (isError === true) call.fail(thrown ? thrown.error : { name: 'tool_error' })
  // The tool wants to know more and is called again with it, which is a call of its own.
  else if (resultType === 'input_required') call.complete({ attributes: { 'mcp.result.type': resultType } })
  else call.complete()
}
