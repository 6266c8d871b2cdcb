import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { AnalysisReport, type Finding, type FindingsReport } from '@skillwatch/schema'
import { Value } from 'typebox/value'

export interface PostedReport {
  readonly headers: IncomingHttpHeaders
  readonly report: FindingsReport
}

export interface IngestDouble extends AsyncDisposable {
  readonly url: string
  /** All reports of anomalies that were received, refused ones included. */
  readonly posts: readonly PostedReport[]
  /** All other reports that were received. */
  readonly dailyPosts: readonly AnalysisReport[]
  /** The findings as ingest would store them, of all projects together. */
  stored(): readonly Finding[]
}

/**
 * A server that takes reports as ingest does: findings of the window that a report lacks are deleted.
 * @param statusOf the answer to a report of anomalies, by how many came before; 200 by default
 * @param dailyStatusOf the answer to another report
 */
export async function startIngestDouble(
  statusOf: (index: number, post: PostedReport) => number | Promise<number> = () => 200,
  dailyStatusOf: (index: number) => number = () => 200,
): Promise<IngestDouble> {
  const posts: PostedReport[] = []
  const dailyPosts: AnalysisReport[] = []
  let stored: readonly Finding[] = []
  const server = createServer(async (request, response) => {
    const report = (await json(request)) as AnalysisReport
    if (request.url !== '/v1/findings' || !Value.Check(AnalysisReport, report))
      throw new TypeError(`not a report: ${request.url} ${JSON.stringify(report)}`)
    if (report.type !== 'anomaly') {
      dailyPosts.push(report)
      return answer(response, await dailyStatusOf(dailyPosts.length - 1), 0)
    }
    const post = { headers: request.headers, report }
    const status = await statusOf(posts.push(post) - 1, post)
    if (status === 200) stored = [...stored.filter((each) => !isOfWindow(each, report)), ...report.findings]
    answer(response, status, report.findings.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    dailyPosts,
    stored: () => stored,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(response: ServerResponse, status: number, inserted: number): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ inserted, updated: 0, deleted: 0, unchanged: 0 }))
}

function isOfWindow({ opened_at }: Finding, { since, until }: FindingsReport): boolean {
  const [at, from, to] = [opened_at, since, until].map((instant) => Date.parse(instant)) as [
    number,
    number,
    number,
  ]
  return at >= from && at <= to
}
