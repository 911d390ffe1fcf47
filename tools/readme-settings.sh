#!/bin/sh
# readme-settings.sh TRAINMODE-ADMIN README: write README's table of settings
# anew, as the program has it. tests/api/conf.test.js holds them together.
set -eu
first='^| setting | default |'
new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
    sed "/$first/,\$d" "$2"
    "$1" settings --markdown
    echo
    sed "1,/$first/d" "$2" | sed '1,/^$/d'
} >"$new"
cat "$new" >"$2"
