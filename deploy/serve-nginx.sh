# serve-nginx.sh PIDFILE NGINX [ARGUMENT...]: nginx in the foreground, once the
# workers of a killed master have released the port. Such workers outlive their
# master and keep answering, and the next master could not listen. QUIT makes
# them close the port at once and finish their answers.

# A process's group, if the process is nginx. In its stat file, the second word
# is the name and the fifth is the group.
group_of() {
    read -r _ name _ _ group _ <"$1" 2>/dev/null || return 1
    [ "$name" = '(nginx)' ] && printf '%s' "$group"
}

file=$1
shift
old=$(cat "$file" 2>/dev/null)
case $old in
'' | *[!0-9]*) ;;
*)
    # A process that just died may have no file; supervisor gives each program a
    # group.
    for stat in /proc/[0-9]*/stat; do
        [ "$(group_of "$stat")" = "$old" ] || continue
        pid=${stat#/proc/}
        kill -QUIT "${pid%/stat}" 2>/dev/null
    done
    ;;
esac
exec "$@"
