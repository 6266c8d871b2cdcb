/** A size in the largest binary unit in which it is at least 1. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), units.length - 1)
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** How long ago something happened, in the largest unit in which that is at least 1. */
export function ago(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const
  const [name, unitMs] = units.find(([, unitMs]) => ms >= unitMs) ?? units[3]
  const count = Math.max(0, Math.floor(ms / unitMs))
  return `${count} ${name}${count === 1 ? '' : 's'} ago`
}
