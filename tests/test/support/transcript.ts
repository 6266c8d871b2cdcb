import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Calls in the transcript that `writeTranscript` writes: one completed, one failed. */
export const TRANSCRIPT_CALLS = 2

/** Writes a small transcript below a home folder, in the place where Claude Code keeps its transcripts. */
export function writeTranscript(home: string): void {
  const folder = join(home, '.claude', 'projects', '-home-me-web')
  mkdirSync(folder, { recursive: true })
  const sessionId = '5f7c1d1e-0b1f-4f43-9a5b-5f1f0c1b7a10'
  const at = (second: number) => new Date(Date.UTC(2026, 3, 18, 13, 0, second)).toISOString()
  const call = (second: number, id: string, name: string) => ({
    type: 'assistant',
    sessionId,
    uuid: `call-${id}`,
    timestamp: at(second),
    version: '2.1.114',
    message: { role: 'assistant', content: [{ type: 'tool_use', id, name, input: {} }] },
  })
  const result = (second: number, id: string, isError: boolean) => ({
    type: 'user',
    sessionId,
    uuid: `result-${id}`,
    timestamp: at(second),
    version: '2.1.114',
    message: {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: id, content: 'Exit code 1', is_error: isError }],
    },
  })
  const records = [
    call(1, 'toolu_1', 'Read'),
    result(2, 'toolu_1', false),
    call(3, 'toolu_2', 'Bash'),
    result(9, 'toolu_2', true),
  ]
  writeFileSync(
    join(folder, `${sessionId}.jsonl`),
    records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  )
}
