/** A skill, command, agent or tool. */
export interface SkillKey {
  readonly kind: string
  readonly skill_name: string
}
