import { saveAgentCalls } from '../agent-calls.ts'
import { createApiKey, revokeApiKey } from '../api-keys.ts'
import { finaliseDeletions, pendingDeletions, saveDeletion } from '../deletions.ts'
import { changeProject, ensureProject, listProjects } from '../projects.ts'
import { continueCascades } from '../recording/record.ts'
import { applyCorrections } from '../repair.ts'
import type { Writer } from '../sqlite/open.ts'
import { createRecordApiRequests } from '../sqlite/recording/api-requests.ts'
import { Deletion } from '../sqlite/recording/deletion.ts'
import { SqliteRecordingStorage } from '../sqlite/recording/storage.ts'
import { truncateLog } from '../sqlite/rewrite.ts'
import { createSaveReport } from '../sqlite/save-report.ts'
import { createSaveScan } from '../sqlite/skill-files/save-scan.ts'
import { createChangeTaxonomy } from '../sqlite/taxonomy/changes.ts'
import { deriveNow, derivePending } from '../turns/derive-pending.ts'
import type { WriterCommands } from './commands.ts'
import { createExperimentCommands } from './experiment-commands.ts'
import { recordGroup } from './record-group.ts'

/** The commands, on a connection of this thread. */
export function createWriterCommands(writer: Writer): WriterCommands {
  const storage = new SqliteRecordingStorage(writer)
  const deletion = new Deletion(writer, storage)
  const recordApiRequests = createRecordApiRequests(writer, storage)
  const saveReport = createSaveReport(writer, storage)
  const saveScan = createSaveScan(writer, storage)
  const changeTaxonomy = createChangeTaxonomy(storage)
  const probe = writer.sqlite.prepare(
    'update stream set last_offset = last_offset where project_id = (select min(project_id) from stream)',
  )
  return {
    async record(jobs, nowMs) {
      const group = await recordGroup(storage, jobs, nowMs)
      const hasCascades = storage.spans.projectsWithCascades().length > 0
      return { ...group, hasCascades, otherPhases: storage.liveSeries.otherPhases }
    },
    async continueCascades(nowMs) {
      for (const projectId of storage.spans.projectsWithCascades())
        await continueCascades(storage, projectId, nowMs)
      return storage.spans.projectsWithCascades().length > 0
    },
    async deleteStep(projectId, ...selection) {
      const { marks, ...step } = deletion.step(projectId, ...selection)
      await deriveNow(storage, projectId, marks)
      return step
    },
    async deriveTurns(timeMs) {
      const endMs = performance.now() + timeMs
      return derivePending(storage, () => performance.now() >= endMs)
    },
    saveDeletion: async (receipt) => saveDeletion(writer, receipt),
    finaliseDeletions: async (ids, nowMs) => finaliseDeletions(writer, ids, nowMs),
    pendingDeletions: async () => pendingDeletions(writer),
    truncateLog: async () => truncateLog(writer),
    recordApiRequests: async (projectId, requests, nowMs) => recordApiRequests(projectId, requests, nowMs),
    saveReport: async (projectId, report, nowMs) => saveReport(projectId, report, nowMs),
    ...createExperimentCommands(writer, storage),
    saveScan: async (projectId, scan, nowMs) => saveScan(projectId, scan, nowMs),
    changeTaxonomy: async (projectId, change, nowMs) => changeTaxonomy(projectId, change, nowMs),
    saveAgentCalls: async (projectId, calls) => saveAgentCalls(writer, projectId, calls),
    createApiKey: async (key, nowMs) => createApiKey(writer, key, nowMs),
    revokeApiKey: async (id, nowMs) => revokeApiKey(writer, id, nowMs) ?? null,
    ensureProject: async (project, nowMs) => ensureProject(writer, project, nowMs),
    changeProject: async (project, change) => changeProject(writer, project, change) ?? null,
    async markTurns(turns) {
      storage.immediate(() => {
        for (const { projectId, mark } of turns) storage.turnMarks.add(projectId, [mark])
      })
    },
    repair: async (corrections) => storage.immediate(() => applyCorrections(storage.rollUps, corrections)),
    async prune(nowMs) {
      const projects = listProjects(writer).map(({ project_id }) => project_id)
      storage.rollUps.prune(projects, nowMs)
    },
    async probe() {
      probe.run()
    },
  }
}
