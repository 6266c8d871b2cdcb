import type { DependencySample, Kind } from '@skillwatch/schema'
import { withNoun } from '../amounts.ts'
import { type CommandContext, note, print, printLines, widthOf } from '../context.ts'
import { CliError } from '../errors.ts'
import { gatewayEndpoint } from '../help.ts'
import { quoted } from '../sessions/resolve-session.ts'
import { exactNumber } from '../usage/numbers.ts'
import { machineTimeZone } from '../usage/time-zone.ts'
import { dependenciesCsv } from './csv.ts'
import { type DepsView, dependencyLines } from './lines.ts'
import type { AskedSkill, DepsOptions } from './options.ts'
import { type Dependencies, readDependencies, type Sampled } from './read.ts'
import { demandRecorded } from './recorded.ts'

/**
 * Prints what is used together with a skill, what follows it and what comes before it; without a skill, the
 * strongest pairs and transitions of all.
 * @throws {CliError} when the skill is not recorded; (usage) when a kind is given without a skill
 */
export async function printDependencies(
  context: CommandContext,
  skill: string | undefined,
  options: DepsOptions,
): Promise<void> {
  const { kind, unit, json, csv } = options
  if (skill === undefined && kind !== undefined)
    throw new CliError('--kind is the kind of the skill: name a skill too.', { exitCode: 2 })
  const asked = skill === undefined ? undefined : { skill_name: skill, kind }
  const gateway = gatewayEndpoint(context, options.url)
  const found = await readDependencies(gateway, asked, options, context.signal)
  const lists = listsOf(found)
  const isEmpty = lists.every(({ items }) => items.length === 0)
  if (isEmpty && asked !== undefined) await demandRecorded(gateway, asked, context.signal)
  if (json) return print(context, JSON.stringify(jsonOf(found, asked, options), null, 2))
  if (csv) context.stdout.write(dependenciesCsv(found))
  const { sample } = found.together
  if (sample === null) return note(context, nothingComputedText(unit))
  if (!csv) {
    const view: DepsView = { asked, unit, timeZone: machineTimeZone(), width: widthOf(context) }
    printLines(context, dependencyLines(found, sample, view, context.paint.stdout))
  }
  if (asked !== undefined && !csv) noteKinds(context, found, asked)
  if (isEmpty) note(context, adviceText(found.together, options))
  if (lists.some(({ next_cursor }) => next_cursor !== null))
    note(context, `Lists end after ${withNoun(options.limit, 'row', exactNumber)}; --limit shows more.`)
}

function listsOf({ together, next, before }: Dependencies): readonly Sampled<unknown>[] {
  return before === undefined ? [together, next] : [together, next, before]
}

/** Without `--kind`, a name may be that of several things, whose rows are then shown together. */
function noteKinds(context: CommandContext, found: Dependencies, { skill_name, kind }: AskedSkill): void {
  const kinds = kindsOf(found, skill_name)
  if (kind !== undefined || kinds.length < 2) return
  note(
    context,
    `${quoted(skill_name)} is the name of several kinds (${kinds.join(', ')}); --kind shows one of them.`,
  )
}

/** The kinds that have a name in what was found. */
function kindsOf({ together, next, before }: Dependencies, name: string): Kind[] {
  const ofPairs = together.items.flatMap(({ kind_a, skill_a, kind_b, skill_b }) => [
    ...(skill_a === name ? [kind_a] : []),
    ...(skill_b === name ? [kind_b] : []),
  ])
  const after = next.items.map(({ from_kind }) => from_kind)
  const first = before?.items.map(({ to_kind }) => to_kind) ?? []
  return [...new Set([...ofPairs, ...after, ...first])].sort()
}

function nothingComputedText(unit: DepsOptions['unit']): string {
  return (
    `What is used together in ${unit}s was not computed yet. \`skillwatch analyse dependencies\` computes it ` +
    'from what is recorded.'
  )
}

/** What to do when all lists are empty. */
function adviceText({ sample }: Sampled<unknown>, { unit, minLift }: DepsOptions): string {
  if (sample !== null && !sample.enough)
    return (
      'More of them are counted when more is recorded, or over a longer time: `skillwatch analyse ' +
      'dependencies --since 365d`.'
    )
  const other = unit === 'session' ? 'turn' : 'session'
  const lift = minLift === undefined ? '' : 'A lower --min-lift shows more, and '
  const look = `\`--unit ${other}\` looks within ${other}s instead.`
  return lift === '' ? look : lift + look
}

type CountedSample = Omit<DependencySample, 'enough'>

function jsonOf({ together, next, before }: Dependencies, asked: AskedSkill | undefined, view: DepsOptions) {
  const listOf = ({ sample, items }: Sampled<unknown>) => ({ enough: sample?.enough ?? false, items })
  return {
    ...(asked && { skill_name: asked.skill_name, kind: asked.kind ?? null }),
    unit: view.unit,
    sample: together.sample && countedOf(together.sample),
    together: listOf(together),
    ...(before === undefined
      ? { transitions: listOf(next) }
      : { next: listOf(next), before: listOf(before) }),
  }
}

function countedOf({ enough: _, ...counted }: DependencySample): CountedSample {
  return counted
}
