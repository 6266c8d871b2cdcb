import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import type { DetectionReply } from './detect-in-process.ts'
import { detectProject, type ProjectRun } from './detect-project.ts'

/**
 * One run for one project, in a process of its own: its parent may end it at any time, and it ends with its
 * parent. Nobody waits for a run, so it leaves the processors to those who record (R12).
 */
process.on('disconnect', () => process.exit(1))
// Ctrl-C in a terminal reaches all its processes; the parent decides.
process.on('SIGINT', () => undefined)
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const [run] = (await once(process, 'message')) as [ProjectRun]
const reply: DetectionReply = await detectProject(run).catch((error: Error) => ({ error: error.message }))
process.send?.(reply)
