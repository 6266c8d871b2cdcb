import { parentPort, workerData } from 'node:worker_threads'
import { detectProject, type ProjectRun } from './detect-project.ts'

/** One run for one project. An error ends the thread, and is passed on by it. */
parentPort?.postMessage(detectProject(workerData as ProjectRun))
