/** Two kinds may have the same name, so a skill is found by both. */
export function skillKey({ kind, skill_name }: { kind?: string; skill_name?: string }): string {
  return `${kind}\0${skill_name}`
}
