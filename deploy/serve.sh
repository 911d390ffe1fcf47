# serve.sh NUMBER PROGRAM: as process 0, the program; as process 1, nothing
# but a hand on the listening socket (see supervisor-program.conf.in).
[ "$1" = 0 ] && exec "$2"
exec sleep infinity
