# Completion for bash 4.4 and newer. In ~/.bashrc: eval "$(skillwatch completion bash)"

# Completes the last word. The arguments begin at the word with index $1.
_skillwatch_complete() {
  local words=() rest=${COMP_LINE:0:COMP_POINT} word before i
  # Bash divides words at = and : too. They are joined again where no space is between them.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    before=$rest
    rest=${rest#"${rest%%[![:space:]]*}"}
    word=${COMP_WORDS[i]}
    if ((i == COMP_CWORD)); then word=$rest; fi
    rest=${rest#"$word"}
    if ((i > 0)) && [[ $before == [![:space:]]* ]]; then words[-1]+=$word; else words+=("$word"); fi
  done

  # Bash replaces only what follows the last = or : of the word.
  local breaks=${COMP_WORDBREAKS//[^=:]/} kept='' value
  if [[ -n $breaks ]]; then kept=${words[-1]%"${words[-1]##*["$breaks"]}"}; fi
  while IFS=$'\t' read -r value _; do
    if [[ $value == :paths ]]; then compopt -o default; else COMPREPLY+=("${value#"$kept"}"); fi
  done < <({program} completion bash -- "${words[@]:$1}" 2>/dev/null)
}

_skillwatch() {
  _skillwatch_complete 1
}

_skillwatch_npx() {
  if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} == skillwatch ]]; then
    _skillwatch_complete 2
  else
    compopt -o default
  fi
}

complete -o nosort -F _skillwatch skillwatch
complete -p npx &>/dev/null || complete -o nosort -F _skillwatch_npx npx
