# serve.sh NUMBER PROGRAM: as process 0, the program; as process 1, nothing
# but a hand on the listening socket (see supervisor-program.conf.in).

# Hundreds of train's threads wait at once; glibc would keep some 20 kB of
# freed blocks for each of them.
case $2 in
*/train.fcgi) export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.tcache_count=0}" ;;
esac
# libcurl brings GnuTLS along, for what is never asked of it. It may stay
# asleep: 0.8 MB of each program, and some of the time to start.
export GNUTLS_NO_IMPLICIT_INIT=1
[ "$1" = 0 ] && exec "$2"
exec sleep infinity
