# serve-nginx.sh PIDFILE NGINX [ARGUMENT...]: nginx in the foreground, once the
# workers of a master that was killed have let go of the port. They outlive it,
# answer on, and would keep the next one from listening; QUIT has them close
# the port at once and end what they are answering.

# A process's group, if it is nginx: the fifth word of its stat, whose second
# is its name.
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
    # Who died can have no file for itself; supervisor gives each a group.
    for stat in /proc/[0-9]*/stat; do
        [ "$(group_of "$stat")" = "$old" ] || continue
        pid=${stat#/proc/}
        kill -QUIT "${pid%/stat}" 2>/dev/null
    done
    ;;
esac
exec "$@"
