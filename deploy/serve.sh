# serve.sh NUMBER PROGRAM: process 0 runs the program; process 1 only holds the
# listening socket open (see supervisor-program.conf.in).

# Hundreds of threads of train.fcgi wait at once, and glibc would keep some
# 20 kB of freed blocks for each of them.
case $2 in
*/train.fcgi) export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.tcache_count=0}" ;;
esac
# libcurl loads GnuTLS, which it never uses here. Leaving it uninitialized saves
# 0.8 MB per program, and some startup time.
export GNUTLS_NO_IMPLICIT_INIT=1
[ "$1" = 0 ] && exec "$2"
exec sleep infinity
