import { once } from 'node:events'
import { constants, setPriority } from 'node:os'
import { dailyReports } from './daily-reports.ts'
import { detectProject } from './detect-project.ts'
import type { Reply, Task } from './in-process.ts'

/**
 * One run for one project, in a process of its own: its parent may end it at any time, and it ends with its
 * parent. Nobody waits for a run, so it leaves the processors to those who record (R12).
 */
process.on('disconnect', () => process.exit(1))
// Ctrl-C in a terminal reaches all its processes; the parent decides.
process.on('SIGINT', () => undefined)
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const [task] = (await once(process, 'message')) as [Task]
process.send?.(
  await analyse(task).then(
    (result): Reply => ({ result }),
    (error: Error): Reply => ({ error: error.message }),
  ),
)

async function analyse(task: Task) {
  return 'detect' in task ? await detectProject(task.detect) : dailyReports(task.summarise)
}
