#!/bin/sh
# readme-settings.sh TRAINMODE-ADMIN README: rewrite README's table of settings
# from the program. tests/api/conf.test.js compares them.
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
