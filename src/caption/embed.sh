#!/bin/sh
# Print C that holds text files: embed.sh name=file ... A text becomes one
# string literal per line of it.
set -eu
printf '/* Made by embed.sh; do not edit. */\n#include "caption/texts.h"\n'
for pair in "$@"; do
    printf '\nconst char %s[] =\n' "${pair%%=*}"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' \
        "${pair#*=}"
    printf '    ;\n'
done
