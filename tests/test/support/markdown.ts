/**
 * The commands in `sh` blocks. Lines that end with a backslash or inside a quote continue on the next line.
 */
export function shellCommands(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!)
  return blocks.flatMap((block) => commandsOf(block))
}

function commandsOf(block: string): string[] {
  const commands: string[] = []
  let open = ''
  for (const line of block.split('\n')) {
    open += open === '' ? line : `\n${line}`
    const isOpen = line.endsWith('\\') || (open.match(/'/g)?.length ?? 0) % 2 === 1
    if (isOpen) continue
    if (open.trim() !== '' && !open.trim().startsWith('#')) commands.push(open.replace(/\s+#.*$/, '').trim())
    open = ''
  }
  return commands
}
