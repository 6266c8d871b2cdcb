# Completion for fish. In ~/.config/fish/config.fish: skillwatch completion fish | source

# Prints what the last word may become. The arguments begin at the word with index $argv[1].
function __skillwatch_candidates
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ({program} completion fish -- $before[$argv[1]..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = :paths
        __fish_complete_path $current
    else
        string join -- \n $lines
    end
end

function __skillwatch_is_npx
    set -l before (commandline -opc)
    test "$before[2]" = skillwatch
end

complete -c skillwatch -e
complete -c skillwatch -k -f -a '(__skillwatch_candidates 2)'
complete -c npx -n __skillwatch_is_npx -k -f -a '(__skillwatch_candidates 3)'
