#!/bin/sh
# Names, in a page's head, the modules that the first one's own imports import,
# so that a browser asks for all of them at once and not one import after the
# other. What is only imported on demand is left out.
#
#   tools/preload.sh FOLDER    changes FOLDER/index.html
set -eu
cd "$1"
known=' main.js '
links=
next=main.js
while [ -n "$next" ]; do
    found=
    for name in $next; do
        # import ... from './NAME' on a line of its own, or on the last of several
        for one in $(sed -nE "s|^(.*[ }])?from '\./([a-z0-9]+\.js)';\$|\2|p; s|^import '\./([a-z0-9]+\.js)';\$|\1|p" "js/$name"); do
            case $known in *" $one "*) continue ;; esac
            known="$known$one "
            found="$found $one"
            [ "$name" = main.js ] ||
                links="$links<link rel=\"modulepreload\" href=\"js/$one\">"
        done
    done
    next=$found
done
sed "s|^ *<script type=\"module\"|$links&|" index.html >index.html.new
grep -q modulepreload index.html.new
mv index.html.new index.html
