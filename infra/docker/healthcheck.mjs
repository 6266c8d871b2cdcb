// Exits with 0 when the service on the given port is ready (`/health/ready`). The image has no curl.
const port = process.argv[2]
try {
  const response = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(3_000),
  })
  if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`)
} catch (error) {
  process.stderr.write(`port ${port} is not ready: ${error.message}\n`)
  process.exitCode = 1
}
