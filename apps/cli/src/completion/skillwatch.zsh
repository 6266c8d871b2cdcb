# Completion for zsh. In ~/.zshrc: eval "$(skillwatch completion zsh)"

_skillwatch() {
  local -a lines described
  local line value description
  lines=("${(@f)$({program} completion zsh -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == :paths ]]; then
    compset -P '--*='
    _files
    return
  fi
  for line in $lines; do
    # _describe takes value:description, with a backslash before each colon of the value.
    value=${${line%%$'\t'*}//:/\\:}
    description=${line#*$'\t'}
    described+=("$value${description:+:$description}")
  done
  _describe -V skillwatch described
}

_skillwatch_npx() {
  if (( CURRENT > 2 )) && [[ $words[2] == skillwatch ]]; then
    shift words
    (( CURRENT-- ))
    _skillwatch
  else
    _default
  fi
}

(( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
compdef _skillwatch skillwatch
(( ${+_comps[npx]} )) || compdef _skillwatch_npx npx
