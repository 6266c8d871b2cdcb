import { Command, Option } from 'commander'
import { type CommandContext, note } from '../context.ts'
import { addGatewayUrl, examples, gatewayEndpoint } from '../help.ts'
import { parseInstantOption } from '../instant.ts'
import { makeReport } from '../report/make-report.ts'
import { periodOfLength } from '../report/periods.ts'
import { readRecorded } from '../report/read.ts'
import { FORMATS, type Format, formatOf, renderReport } from '../report/render.ts'
import { DEFAULT_SINCE, toWindow } from '../report/window.ts'
import { demandReplaceable, writeReport } from '../report/write-report.ts'
import { printable } from '../text.ts'
import { machineTimeZone, parseTimeZone } from '../usage/time-zone.ts'

interface Options {
  since?: string
  until?: string
  timeZone?: string
  compare: boolean
  format?: Format
  json?: boolean
  output?: string
  force?: boolean
  url: string
}

/** Shows what changed, and the numbers of a window, as text or as a document. */
export function reportCommand(context: CommandContext): Command {
  const instant = (text: string) => parseInstantOption(text, context.nowMs())
  const command = new Command('report')
    .description(
      'Show what changed against the period before, and then the totals, skills, repositories, models and ' +
        'days of a period. A change is named only when there is enough data for it. Calls, tokens and cost ' +
        'of a skill include those of the uses that are nested in it.',
    )
    .option(
      '--since <instant>',
      'start of the period, to the hour: an age such as 30d, a day (its start in UTC), or a date-time ' +
        `(default: ${DEFAULT_SINCE} before the end)`,
      instant,
    )
    .option('--until <instant>', 'end of the period, given likewise (default: now)', instant)
    .addOption(new Option('--compare', 'undo --no-compare').default(true).hideHelp())
    .option('--no-compare', 'show this period alone, not compared with the equally long period before it')
    .option(
      '--time-zone <name>',
      'time zone of days, weeks and months, such as Europe/Berlin (default: that of this machine)',
      parseTimeZone,
    )
    .addOption(
      new Option(
        '--format <format>',
        'text, GitHub Markdown, or one HTML file with charts that loads nothing, whatever the name of ' +
          '--output (default: by that name, else text)',
      ).choices(FORMATS),
    )
    .addOption(new Option('--json', 'print the same as data').conflicts('format'))
    .option(
      '--output <file>',
      'write to this file, which may be an earlier report; its format is that of its name: .txt, .md, ' +
        '.html or .json',
    )
    .option('--force', 'overwrite the file, whatever it is')
    .action((options: Options) => showReport(context, options))
  return examples(addGatewayUrl(command, context), [
    ['skillwatch report', 'the last seven days against the seven days before'],
    ['skillwatch report --since 30d --output report.html', 'one page with charts, for a browser'],
    ['skillwatch report --since 30d --output report.md', 'Markdown, for an issue or a wiki'],
    ['skillwatch report --json | jq .changes', 'for scripts'],
  ])
}

async function showReport(context: CommandContext, options: Options): Promise<void> {
  const { output, force = false, url } = options
  const gateway = gatewayEndpoint(context, url)
  const window = toWindow(options, context.nowMs())
  const format = formatFor(options)
  if (output !== undefined) demandReplaceable(output, force)
  const timeZone = options.timeZone ?? machineTimeZone()
  const period = periodOfLength(window)
  const { signal, nowMs } = context
  const recorded = await readRecorded(gateway, {
    window,
    isCompared: options.compare,
    period,
    timeZone,
    signal,
  })
  const report = makeReport(recorded, { nowMs: nowMs(), timeZone, period })
  const text = await renderReport(report, format, {
    // A file has no colours, and no width of its own.
    ...(output === undefined && { width: context.stdout.columns, paint: context.paint.stdout }),
  })
  if (output === undefined) context.stdout.write(text)
  else {
    writeReport(output, text)
    note(context, `The report is in ${printable(output)}.`)
  }
}

/** What is asked for by an option is stronger than the name of the file. */
function formatFor({ json, format, output }: Options): Format | 'json' {
  if (json) return 'json'
  return format ?? (output === undefined ? 'text' : formatOf(output))
}
