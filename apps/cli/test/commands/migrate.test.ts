import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createRecorder, migrateUp, openWriter } from '@skillwatch/db'
import { parseObservation } from '@skillwatch/schema'
import { anObservation, machineNowMs, temporaryFolder } from '@skillwatch/testkit'
import { describe, expect, test } from 'vitest'
import { runCli, runHere } from '../run-cli.ts'

function aDatabase() {
  const folder = temporaryFolder()
  const path = join(folder.path, 'test.db')
  const env = { SKILLWATCH_DATABASE_URL: `sqlite:${path}` }
  return { path, env, url: env.SKILLWATCH_DATABASE_URL, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

describe('migrate', () => {
  test('up makes the database, down undoes one step, status shows both', async () => {
    using database = aDatabase()
    const migrate = (...args: string[]) => runCli(['migrate', ...args], database.env)
    expect(await migrate('up')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Applied 1 (recording).'),
    })
    expect((await migrate('status')).stdout).toMatch(/^VERSION {2}NAME +APPLIED\n1 +recording +20\d\d-/)
    expect(await migrate('up')).toMatchObject({
      code: 0,
      stderr: 'Nothing to do: the database is up to date.\n',
    })
    expect(await migrate('validate')).toMatchObject({ code: 0 })
    expect(await migrate('down')).toMatchObject({ code: 0, stderr: expect.stringContaining('Undid ') })
    expect((await migrate('status')).stdout).toMatch(/ pending\n$/)
  })

  test('a dry run prints the SQL and makes no file', async () => {
    using database = aDatabase()
    const { code, stdout, stderr } = await runHere(['migrate', 'up', '--dry-run'], database.env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Nothing was changed.\n' })
    expect(stdout).toMatch(/^-- 1 recording\ncreate table project \(/)
    expect(existsSync(database.path)).toBe(false)
  })

  test('a dry run down leaves the schema as it is', async () => {
    using database = aDatabase()
    await runHere(['migrate', 'up'], database.env)
    // The newest migration, whatever it is.
    expect((await runHere(['migrate', 'down', '--dry-run'], database.env)).stdout).toMatch(
      /^-- \d+ [a-z-]+\n.*;$/m,
    )
    expect((await runHere(['migrate', 'status'], database.env)).stdout).not.toContain('pending')
  })

  test('up and down refuse while another process writes, status and validate do not', async () => {
    using database = aDatabase()
    using writer = openWriter(database.url)
    migrateUp(writer, machineNowMs())
    for (const direction of ['up', 'down']) {
      const { code, stderr } = await runCli(['migrate', direction], database.env)
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/another process writes .*; stop|stop ingest first/),
      })
    }
    expect(await runCli(['migrate', 'status'], database.env)).toMatchObject({ code: 0 })
    expect(await runCli(['migrate', 'validate'], database.env)).toMatchObject({ code: 0 })
  })

  test('down refuses to delete what is recorded without --yes', async () => {
    using database = aDatabase()
    await recordOne(database.url)
    expect(await runHere(['migrate', 'down'], database.env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds 1 invocation,'),
    })
    expect(await runHere(['migrate', 'down', '--yes'], database.env)).toMatchObject({ code: 0 })
  })

  test('validate ends with 1 when a migration was applied with other SQL', async () => {
    using database = aDatabase()
    await runHere(['migrate', 'up'], database.env)
    using writer = openWriter(database.url)
    writer.sqlite.exec("update skill_migrations set checksum = 'x'")
    const { code, stdout } = await runHere(['migrate', 'validate'], database.env)
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('applied with other SQL') })
  })

  test('a missing database is an error that says what to do', async () => {
    using database = aDatabase()
    const { code, stderr } = await runHere(['migrate', 'status'], database.env)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: there is no database at .*start ingest/),
    })
  })
})

describe('recount', () => {
  test('equal sums end with 0, also beside a writer', async () => {
    using database = aDatabase()
    await recordOne(database.url)
    using _writer = openWriter(database.url)
    expect(await runCli(['recount'], database.env)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'Every stored sum is correct.\n',
    })
    expect((await runCli(['recount', '--json'], database.env)).stdout).toBe('[]\n')
  })

  test('a wrong sum ends with 1 and is named with both numbers', async () => {
    using database = aDatabase()
    await recordOne(database.url)
    using writer = openWriter(database.url)
    writer.sqlite.exec('update skill_metrics set invocation_count = 7')
    const { code, stdout, stderr } = await runHere(['recount'], database.env)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^TABLE +ROW +STORED +COUNTED\nskill_metrics +project_id=1 .* {2}invocation_count=7 +invocation_count=1\n$/,
    )
    expect(stderr).toMatch(/^1 difference\. /)
  })
})

async function recordOne(url: string): Promise<void> {
  using writer = openWriter(url)
  migrateUp(writer, machineNowMs())
  await using recorder = createRecorder(writer, { queueItemsMax: 10, now: machineNowMs })
  const parsed = parseObservation(anObservation(), machineNowMs(), randomUUID)
  if (!('observation' in parsed)) throw new Error(JSON.stringify(parsed))
  await recorder.record(1, [parsed.observation])
}
