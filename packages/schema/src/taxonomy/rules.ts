/** A rule: a skill with one of the words in its name or description is of a category. */
export interface CategoryRule {
  readonly rule_id: string
  readonly category: string
  readonly in: 'name' | 'description'
  /** Lower case. `test*` stands for all words that begin with `test`. */
  readonly words: readonly string[]
  /** 0-1. A word in a name says more than one in a description, which may name what a skill is not for. */
  readonly confidence: number
}

/**
 * The rules that assign categories. Their confidence is a judgement, and no measured share. A rule about a
 * category that the project does not have assigns nothing.
 */
export const CATEGORY_RULES: readonly CategoryRule[] = [
  named(
    'lint-name',
    'Linting & Formatting',
    'lint* format* prettier eslint biome ruff black stylelint codespell',
  ),
  described(
    'lint-description',
    'Linting & Formatting',
    'lint* formatter prettier eslint biome ruff stylelint',
  ),
  named('test-name', 'Testing', 'test* pytest vitest jest playwright e2e coverage tdd'),
  described('test-description', 'Testing', 'tests testing pytest vitest jest playwright coverage tdd'),
  named(
    'docs-name',
    'Documentation',
    'doc docs document* readme changelog sphinx pdf docx pptx xlsx markdown',
  ),
  described(
    'docs-description',
    'Documentation',
    'document* readme changelog docstring* sphinx pdf markdown',
  ),
  named(
    'deploy-name',
    'Build & Deploy',
    'build* deploy* release* publish* docker k8s kubernetes helm terraform ci',
  ),
  described(
    'deploy-description',
    'Build & Deploy',
    'deploy* release* publish* docker kubernetes helm terraform',
  ),
  named('git-name', 'Git & Version Control', 'git commit* branch* rebase merge pr worktree* github gitlab'),
  described('git-description', 'Git & Version Control', 'git commit* branch* rebase github gitlab'),
  named(
    'quality-name',
    'Code Quality',
    'review* refactor* mypy pyright tsc type complexity security audit quality',
  ),
  described(
    'quality-description',
    'Code Quality',
    'refactor* mypy pyright complexity security vulnerabilit*',
  ),
]

function named(rule_id: string, category: string, words: string): CategoryRule {
  return { rule_id, category, in: 'name', words: words.split(' '), confidence: 0.9 }
}

function described(rule_id: string, category: string, words: string): CategoryRule {
  return { rule_id, category, in: 'description', words: words.split(' '), confidence: 0.6 }
}
