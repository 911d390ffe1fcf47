# Steps: each has a name and a log. If the script ends early, nothing is left
# running.

say() {
    printf '%s\n' "$*"
}

# What must be undone if the script ends early, last first.
undo=()

on_exit() {
    local status=$? i

    trap - EXIT INT TERM HUP
    for ((i = ${#undo[@]} - 1; i >= 0; i--)); do
        ${undo[i]} || say "trainmode: undoing with ${undo[i]} failed" >&2
    done
    exit "$status"
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# step NAME LOG COMMAND...: run a function with its output in LOG. If it fails,
# print the name of the step and the last lines of its output.
step() {
    local name=$1 log=$2 status=0

    shift 2
    # A separate subshell, so that set -e holds inside: in a condition it would
    # not. The child must not undo what is ours.
    set +e
    (
        trap - EXIT INT TERM HUP
        set -e
        "$@"
    ) >"$log" 2>&1 </dev/null
    status=$?
    set -e
    [ "$status" -eq 0 ] && return 0
    {
        printf 'trainmode: the step "%s" failed. ' "$name"
        printf 'The last lines of %s:\n' "$log"
        tail -n 20 "$log" | sed 's/^/    /'
    } >&2
    exit 1
}

# fill TEMPLATE NAME...: the template with each @NAME@ replaced by the
# variable of that name. A placeholder that stays is an error.
fill() {
    local file=$1 text name

    shift
    text=$(<"$file")
    for name in "$@"; do
        text=${text//"@$name@"/"${!name}"}
    done
    if [[ $text =~ @[A-Z_]+@ ]]; then
        printf '%s: nothing is known for %s\n' "$file" "${BASH_REMATCH[0]}" >&2
        return 1
    fi
    printf '%s\n' "$text"
}
