import { dispose } from '../shared/dispose.ts'
import type { TrackFields } from './fields.ts'
import { safely } from './safely.ts'
import type { Track, TrackedInvocation } from './track.ts'

/**
 * A server of the official MCP SDK: an `McpServer` or its `Server`, of `@modelcontextprotocol/server`
 * (version 2) or `@modelcontextprotocol/sdk` (version 1). Neither package is imported.
 */
export type ToolServer = { readonly server: RequestServer } | RequestServer

interface RequestServer {
  // biome-ignore lint/suspicious/noExplicitAny: the two SDKs declare different overloads.
  setRequestHandler(...args: any[]): void
}

/** A tool call as the MCP client requested it. */
export interface ToolCall {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** Session of the transport, where it has sessions; it differs between the clients of one server. */
  readonly sessionId: string | undefined
  /** `_meta` of the request. */
  readonly meta: Readonly<Record<string, unknown>> | undefined
}

export interface RecordToolsOptions {
  /** The server's name in agents: a call is recorded as `mcp__<serverName>__<tool>`. */
  serverName: string
  /** Fields of each call, such as its `session_id`, or a function that makes them from the call. */
  fields?: TrackFields | ((call: ToolCall) => TrackFields)
}

type Handler = (request: unknown, context: unknown) => unknown

/** The parts of a request and its context that are used; they are input from outside, so none is certain. */
interface ToolRequest {
  readonly params?: { readonly name?: unknown; readonly arguments?: Record<string, unknown> }
}
interface RequestContext {
  readonly sessionId?: string
  readonly signal?: AbortSignal
  readonly _meta?: Record<string, unknown>
  /** Version 2 keeps the fields of the request in here. */
  readonly mcpReq?: Pick<RequestContext, 'signal' | '_meta'>
}

/** The client that records the calls. */
interface ToolRecorder {
  track: Track
}

/** Errors that tools threw, by the context of the request. */
type ThrownErrors = WeakMap<object, { readonly error: unknown }>

const METHOD = 'tools/call'
const recordedServers = new WeakSet<object>()

/**
 * Records each call of each tool as kind `mcp`, including tools that are registered later. Arguments,
 * results and errors of tools are passed on unchanged. A result with `isError` is recorded as a failure
 * with `error_type` `tool_error`, or the name of the error that the tool threw. A call that is cancelled,
 * or whose connection ends, is `abandoned`. Calls that are tracked inside a tool become children of its
 * call.
 * @returns the server; recording it a second time changes nothing
 * @throws {TypeError} when it is not a server of the SDK
 */
export function recordTools<S extends ToolServer>(
  server: S,
  client: ToolRecorder,
  options: RecordToolsOptions,
): S {
  const handlers = handlersOf(server)
  if (recordedServers.has(handlers)) return server
  recordedServers.add(handlers)
  const thrown = watchTools(server)
  const recorded = (handler: Handler) => recordedHandler(handler, client, options, thrown)
  const present = handlers.get(METHOD)
  if (present) handlers.set(METHOD, recorded(present))
  const set = handlers.set.bind(handlers)
  handlers.set = (method, handler) => set(method, method === METHOD ? recorded(handler) : handler)
  return server
}

function recordedHandler(
  handler: Handler,
  client: ToolRecorder,
  options: RecordToolsOptions,
  thrown: ThrownErrors,
): Handler {
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

/**
 * The private table of request handlers in both SDKs; no public method returns a handler that is set
 * already.
 */
function handlersOf(server: ToolServer): Map<string, Handler> {
  const inner = 'server' in server ? server.server : server
  const handlers = (inner as { _requestHandlers?: unknown } | undefined)?._requestHandlers
  if (handlers instanceof Map) return handlers as Map<string, Handler>
  throw new TypeError(
    'expected an McpServer or Server of @modelcontextprotocol/server 2 or @modelcontextprotocol/sdk 1, ' +
      'got a value without request handlers',
  )
}

/**
 * Remembers what a tool throws: the SDK turns the error into a result, which does not contain the error's
 * name.
 */
function watchTools(server: ToolServer): ThrownErrors {
  const thrown: ThrownErrors = new WeakMap()
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
  client: ToolRecorder,
  { serverName, fields }: RecordToolsOptions,
  { params }: ToolRequest,
  context: RequestContext | undefined,
): TrackedInvocation | undefined {
  const tool = params?.name
  // The SDK refuses a request without the name of a tool.
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
  // The tool asks the user for input and is called again with it, which is a second call.
  else if (resultType === 'input_required') call.complete({ attributes: { 'mcp.result.type': resultType } })
  else call.complete()
}
