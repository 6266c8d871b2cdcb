import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject } from '@skillwatch/schema/claude-code'

/** A folder below which skills of plugins are. */
export interface PluginRoot {
  readonly folder: string
  /** The plugin; undefined when each folder that holds a folder `skills` is one. */
  readonly plugin: string | undefined
}

/**
 * The folders of the plugins that `installed_plugins.json` lists. The folder `plugins` also contains copies
 * of whole marketplaces, and folders that have the version as their name. Without that list everything below
 * `plugins` counts.
 */
export async function pluginRoots(claudeFolder: string): Promise<PluginRoot[]> {
  const plugins = join(claudeFolder, 'plugins')
  const text = await readFile(join(plugins, 'installed_plugins.json'), 'utf8').catch(() => '')
  return parseInstalled(text) ?? [{ folder: plugins, plugin: undefined }]
}

/** Each key is `<plugin>@<marketplace>`; each value is an installation, or a list of them. */
function parseInstalled(text: string): PluginRoot[] | undefined {
  const list = parseJson(text)
  if (!isObject(list) || !isObject(list.plugins)) return undefined
  return Object.entries(list.plugins).flatMap(([id, installations]) =>
    [installations]
      .flat()
      .filter(isObject)
      .map(({ installPath }) => installPath)
      .filter((path) => typeof path === 'string')
      .map((folder) => ({ folder, plugin: id.split('@')[0]! })),
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
