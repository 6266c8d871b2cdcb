import { expect, test } from 'vitest'
import {
  classifyCall,
  classifyResult,
  isPlaceholderName,
  typedCommand,
} from '../../src/claude-code/index.ts'

test.each([
  ['Skill', { skill: 'pdf' }, 'skill', 'pdf'],
  ['Skill', { skill: 'plugin:commit', args: '-m secret' }, 'skill', 'plugin:commit'],
  ['Skill', { command: 'pdf' }, 'skill', 'pdf'],
  ['Skill', {}, 'skill', 'Skill'],
  ['SlashCommand', { command: '/review 42 secret' }, 'command', 'review'],
  ['Task', { subagent_type: 'Explore' }, 'agent', 'Explore'],
  ['Agent', { description: 'x' }, 'agent', 'Agent'],
  ['TaskCreate', {}, 'tool', 'TaskCreate'],
  ['mcp__github__get_issue', {}, 'mcp', 'mcp__github__get_issue'],
  ['Bash', { command: 'ls' }, 'tool', 'Bash'],
  ['Skill', { skill: 'x'.repeat(300) }, 'skill', 'Skill'],
])('%s with %j is a %s named %s', (toolName, input, kind, skill_name) => {
  expect(classifyCall(toolName, input)).toEqual({ kind, skill_name })
})

test.each(['Skill', 'SlashCommand', 'Agent', 'Task'])(
  'a call of %s that does not say what is called has no name',
  (tool) => {
    const { kind, skill_name } = classifyCall(tool, {})
    expect(isPlaceholderName(skill_name, kind)).toBe(true)
    expect(isPlaceholderName('pdf', kind)).toBe(false)
  },
)

test.each([
  ['<command-name>/clear</command-name>\n  <command-message>clear</command-message>', 'clear'],
  ['<command-message>init is analyzing…</command-message>\n<command-name>/init</command-name>', 'init'],
  ['<command-name>/plugin:do-it</command-name>', 'plugin:do-it'],
  // A skill that the agent has called, a quotation, nothing at all.
  [
    '<command-message>The "pdf" skill is running</command-message>\n<command-name>pdf</command-name>',
    undefined,
  ],
  ['what does <command-name>/clear</command-name> mean?', undefined],
  ['<command-name>/</command-name>', undefined],
  ['clear', undefined],
])('%j is the command %s', (text, name) => {
  expect(typedCommand(text)).toBe(name)
})

test.each([
  [
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. …",
    'rejected',
    'user_rejected',
  ],
  [
    "The user doesn't want to take this action right now. STOP what you are doing",
    'rejected',
    'user_rejected',
  ],
  ['User rejected tool use', 'rejected', 'user_rejected'],
  ['[Request interrupted by user for tool use]', 'rejected', 'user_interrupted'],
  ['Permission to use Bash with command rm -rf / has been denied.', 'rejected', 'permission_denied'],
  [
    "Claude requested permissions to write to /home/me/secret, but you haven't granted it yet.",
    'rejected',
    'permission_denied',
  ],
  ['This command requires approval', 'rejected', 'permission_denied'],
  [
    '<tool_use_error>InputValidationError: Write failed due to the following issue',
    'failed',
    'InputValidationError',
  ],
  ['Error: Exit code 128\nfatal: secret', 'failed', 'exit_code_128'],
  ['Request failed with status code 404', 'failed', 'http_404'],
  ['EISDIR: illegal operation on a directory, read', 'failed', 'EISDIR'],
  ['ERROR: something private', 'failed', 'tool_error'],
  ['<tool_use_error>Sibling tool call errored</tool_use_error>', 'failed', 'sibling_errored'],
  ['<tool_use_error>String to replace not found in file.\nString: secret', 'failed', 'edit_mismatch'],
  ['MySecretProjectError: token abc', 'failed', 'tool_error'],
  ['', 'failed', 'tool_error'],
])('the error %j is %s as %s', (text, outcome, error_type) => {
  expect(classifyResult(true, text)).toEqual({ outcome, error_type })
})

test('a result that is no error is completed, whatever its text', () => {
  expect(classifyResult(false, "The user doesn't want to proceed")).toEqual({ outcome: 'completed' })
})
