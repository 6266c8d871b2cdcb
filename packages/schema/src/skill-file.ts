import { type Static, Type } from 'typebox'
import { Instant, InstantInput } from './instant.ts'
import { DESCRIPTION_LENGTH_MAX, SKILL_FILES_MAX } from './limits.ts'
import { name, text } from './text.ts'
import { SKILL_FILE_KINDS, SKILL_SOURCES } from './vocabulary.ts'

/** Places that one scan may have read. */
const SCOPES_MAX = 100
const TOKENS_OF_DESCRIPTION_MAX = 100_000

const count = (description: string) =>
  Type.Integer({ description, minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const SkillFileKind = Type.Enum(SKILL_FILE_KINDS, {
  description: 'What the file defines: a skill (SKILL.md), a slash command or a sub-agent.',
})
export type SkillFileKind = Static<typeof SkillFileKind>

export const SkillSource = Type.Enum(SKILL_SOURCES, {
  description: 'Where it is installed: for the user, in a repository (`project`), or by a plugin.',
})
export type SkillSource = Static<typeof SkillSource>

const Description = Type.Union([text('Text.', DESCRIPTION_LENGTH_MAX), Type.Null()], {
  description: 'The description in the front matter. Null when there is none, or none that can be read.',
})

const ContentHash = Type.String({
  description: 'SHA-256 of the bytes of the file, in hexadecimal digits.',
  pattern: '^[0-9a-f]{64}$',
})

const ReportedSkillFile = Type.Object(
  {
    kind: SkillFileKind,
    skill_name: name('The name under which calls are recorded; that of a plugin is `<plugin>:<name>`.'),
    source: SkillSource,
    repository: Type.Optional(name('With source `project`: name of the folder of the repository.')),
    plugin: Type.Optional(name('With source `plugin`: name of the plugin.')),
    description: Description,
    description_tokens: Type.Integer({
      description: 'Estimated tokens of name and description, which each session has in its context.',
      minimum: 0,
      maximum: TOKENS_OF_DESCRIPTION_MAX,
    }),
    content_hash: ContentHash,
    changed_at: Type.Optional(InstantInput),
    installed_at: Type.Optional(InstantInput),
  },
  { additionalProperties: false },
)
export type ReportedSkillFile = Static<typeof ReportedSkillFile>

const ScannedScope = Type.Object(
  {
    source: SkillSource,
    repository: Type.Optional(name('With source `project`: name of the folder of the repository.')),
    complete: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'false: a part of it could not be read, so nothing of it is marked as removed.',
      }),
    ),
  },
  { additionalProperties: false },
)

/** What a scan of a machine found. */
export const SkillScan = Type.Object(
  {
    machine: name('The machine. Only a keyed hash is stored.'),
    scanned_at: InstantInput,
    scopes: Type.Array(ScannedScope, {
      minItems: 1,
      maxItems: SCOPES_MAX,
      description:
        'What was read: what is stored of it on this machine and not in `files` is marked as removed.',
    }),
    files: Type.Array(ReportedSkillFile, { maxItems: SKILL_FILES_MAX }),
  },
  {
    additionalProperties: false,
    description:
      'The files of skills, commands and sub-agents on a machine. `changed_at` is when a file was last ' +
      'changed, and `installed_at` when it was made there, both by its file system.',
  },
)
export type SkillScan = Static<typeof SkillScan>

/** What a scan changed. */
export const SkillScanReply = Type.Object(
  {
    inserted: count('Files that were not stored before.'),
    updated: count('Stored files with another content, description or place in time.'),
    removed: count('Stored files that are gone.'),
    unchanged: count('Stored files with the same content.'),
    outdated: count('Files of scopes of which a newer scan is stored. They are ignored.'),
    dropped: count('Files that are not stored, as a project keeps 20,000.'),
  },
  { description: 'What a scan changed.' },
)
export type SkillScanReply = Static<typeof SkillScanReply>

/** A file of a skill, command or sub-agent that was found on a machine. */
export const SkillFile = Type.Object(
  {
    kind: SkillFileKind,
    skill_name: name('The name under which calls are recorded.'),
    source: SkillSource,
    origin: Type.Union([Type.String(), Type.Null()], {
      description: 'The repository or the plugin; null for files of the user.',
    }),
    machine_hash: Type.String({ description: 'Keyed hash of the machine.' }),
    description: Description,
    description_tokens: count('Estimated tokens of name and description.'),
    content_hash: ContentHash,
    versions: count('Contents that are known of it, one after the other; at most 20.'),
    changed_at: Type.Unsafe<string>({ ...Instant, description: 'When it got this content.' }),
    installed_at: Type.Unsafe<string>({ ...Instant, description: 'Since when it is there.' }),
    first_seen_at: Type.Unsafe<string>({ ...Instant, description: 'The first scan that found it.' }),
    last_seen_at: Type.Unsafe<string>({ ...Instant, description: 'The last scan that found it.' }),
    removed_at: Type.Union([Instant, Type.Null()], {
      description: 'The first scan that did not find it any more; null while it is there.',
    }),
  },
  { description: 'A file of a skill, command or sub-agent. Its text is not stored.' },
)
export type SkillFile = Static<typeof SkillFile>
