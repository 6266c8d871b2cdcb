import {
  createApiKey,
  createRecorder,
  type ProjectSettings,
  type Recorder,
  type RecorderOptions,
  type RecordOutcome,
  revokeApiKey,
  setStoreText,
  type TextField,
  type Writer,
} from '@skillwatch/db'
import type { ApiKey, CreateApiKey, CreatedApiKey } from '@skillwatch/schema'
import type { AgentCall } from './hooks/agent-calls.ts'

/** Every write of ingest: what it needs of the recorder. */
export interface IngestRecorder extends Omit<Recorder, 'write'> {
  recordAgentCalls(projectId: number, calls: readonly AgentCall[]): Promise<void>
  /** Resolves when every observation that was queued before is committed or refused. */
  flush(): Promise<void>
  createApiKey(key: CreateApiKey): Promise<CreatedApiKey>
  revokeApiKey(apiKeyId: string): Promise<ApiKey | undefined>
  setStoreText(projectName: string, fields: readonly TextField[]): Promise<ProjectSettings | undefined>
}

/** Adds to a recorder of this process what {@link IngestRecorder} has and it lacks. */
export function createIngestRecorder(writer: Writer, options: RecorderOptions): IngestRecorder {
  const { now = Date.now } = options
  const recorder = createRecorder(writer, options)
  const pending = new Set<Promise<RecordOutcome[]>>()
  const own: Omit<IngestRecorder, keyof Recorder> & Pick<IngestRecorder, 'record'> = {
    record(...request) {
      const outcomes = recorder.record(...request)
      const settle = () => pending.delete(outcomes)
      pending.add(outcomes)
      outcomes.then(settle, settle)
      return outcomes
    },
    async flush() {
      await Promise.allSettled(pending)
    },
    // Nothing stores them yet: they survive in the journal alone.
    recordAgentCalls: async () => {},
    createApiKey: (key) => recorder.write(() => createApiKey(writer, key, now())),
    revokeApiKey: (apiKeyId) => recorder.write(() => revokeApiKey(writer, apiKeyId, now())),
    setStoreText: (name, fields) => recorder.write(() => setStoreText(writer, name, fields)),
  }
  return Object.assign(Object.create(recorder) as Recorder, own)
}
