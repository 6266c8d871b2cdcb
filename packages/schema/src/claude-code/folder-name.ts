import { NAME_LENGTH_MAX } from '../limits.ts'

/** The name of a folder: the last part of its path, of any system. Undefined when it cannot be a name. */
export function folderName(path: string | undefined): string | undefined {
  const name = path?.split(/[\\/]/).findLast((part) => part !== '')
  const isName = name && name.length <= NAME_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(name)
  return isName ? name : undefined
}
