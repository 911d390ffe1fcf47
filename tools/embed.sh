#!/bin/sh
# Print C that holds text files: embed.sh name=file ... A text becomes one
# string literal per line of it.
set -eu
printf '/* Made by embed.sh; do not edit. */\n'
for pair in "$@"; do
    printf '\nextern const char %s[];\nconst char %s[] =\n' "${pair%%=*}" \
        "${pair%%=*}"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' \
        "${pair#*=}"
    printf '    ;\n'
done
