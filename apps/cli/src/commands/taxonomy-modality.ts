import type { Domain, Kind, Modality } from '@skillwatch/schema'
import { DOMAINS, KINDS } from '@skillwatch/schema/vocabulary'
import { Argument, Command, Option } from 'commander'
import { type CommandContext, note } from '../context.ts'
import { examples, gatewayEndpoint, ingestEndpoint, ingestUrlOption } from '../help.ts'
import { demand } from '../http.ts'
import { kindOfSkill } from '../taxonomy/read.ts'
import { printable } from '../text.ts'

interface ModalityOptions {
  readonly input?: string
  readonly output?: string
  readonly review?: boolean
  readonly kind?: Kind
  readonly url: string
}

/** Says what a skill reads and makes. */
export function modalityCommand(context: CommandContext): Command {
  const command = new Command('modality')
    .summary('say what a skill reads and makes')
    .description('Say what a skill reads and makes. It replaces what was said before.')
    .argument('<skill>', 'its exact name')
    .addArgument(new Argument('<type>', 'what it is about').choices(DOMAINS))
    .option('--input <format>', 'what it reads, such as python_source')
    .option('--output <format>', 'what it makes, such as diagnostics')
    .option('--review', 'a person has to look at what it makes')
    .addOption(new Option('--kind <kind>', 'the kind of the skill, if several have its name').choices(KINDS))
    .addOption(ingestUrlOption(context))
    .action((skill: string, type: Domain, options: ModalityOptions) =>
      describe(context, skill, type, options),
    )
  return examples(command, [
    ['skillwatch taxonomy modality pdf-fill documentation --output pdf', 'what it makes'],
    ['skillwatch taxonomy modality pdf-fill documentation --review', 'a person looks at it'],
  ])
}

async function describe(
  context: CommandContext,
  skill: string,
  modality_type: Domain,
  { input, output, review, kind: given, url }: ModalityOptions,
): Promise<void> {
  const { signal } = context
  const kind = given ?? (await kindOfSkill(gatewayEndpoint(context), skill, signal))
  const body: Modality = {
    modality_type,
    input_format: input ?? null,
    output_format: output ?? null,
    requires_human_review: review === true,
  }
  const path = `/v1/skills/${kind}/${encodeURIComponent(skill)}/modality`
  await demand(ingestEndpoint(context, url), path, { method: 'PUT', body, signal })
  note(context, `${kind} ${printable(skill)} has the modality ${modality_type}.`)
}
