import { aScan, aSkillFile, machineNowMs } from '@skillwatch/testkit'
import { post, type Source } from './source.ts'

/** Files of skills, what a person says of them, and scans that are refused. */
export async function sendSkillFiles(source: Source): Promise<void> {
  const { planted, own } = source
  const file = aSkillFile({
    ...{ skill_name: planted.token('file: skill_name'), description: planted.note('file: description') },
    ...{ source: 'project', repository: planted.token('file: repository') },
  })
  const plugin = aSkillFile({ source: 'plugin', plugin: planted.token('file: plugin') })
  const scan = aScan([file, plugin], { machine: planted.plain('scan: machine'), scanned_at: machineNowMs() })
  const reply = await post(source, '/v1/skill-files', scan)
  if (!reply.includes('"inserted":2')) throw new Error(`the files were not stored: ${reply}`)
  await post(source, '/v1/skill-files', { ...scan, files: [file, file] })
  await post(source, '/v1/skill-files', { ...scan, [planted.token('scan: unknown field')]: 1 })
  const put = async (path: string, body: object) => {
    const response = await fetch(`http://127.0.0.1:${own.ports.ingest}/v1/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`not stored: ${path.split('/', 1)[0]} ${response.status}`)
  }
  const category = planted.token('category: name')
  await put(`categories/${encodeURIComponent(category)}`, {
    description: planted.note('category: description'),
  })
  const skill = `skills/skill/${encodeURIComponent(file.skill_name)}`
  await put(`${skill}/category`, { category })
  await put(`${skill}/modality`, {
    modality_type: 'code',
    input_format: planted.token('modality: input_format'),
    output_format: planted.token('modality: output_format'),
    requires_human_review: true,
  })
}
