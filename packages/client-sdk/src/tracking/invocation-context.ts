/** Knows in which invocation the running code is. In Node it follows the code across awaits. */
export interface InvocationContext {
  current(): string | undefined
  run<T>(invocationId: string, fn: () => T): T
}
