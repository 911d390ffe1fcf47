/* A FastCGI client for tests; see peer.h. */
#include "peer.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

static int
address(const char *path, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(ret->sun_path))
        return -1;
    strcpy(ret->sun_path, path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int
peer_listen(const char *path)
{
    struct sockaddr_un a;
    int fd = address(path, &a);

    (void)unlink(path);
    if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
        listen(fd, 511) == -1)
        return -1;
    return fd;
}

int
peer_connect(const char *path)
{
    struct sockaddr_un a;
    int fd = address(path, &a);

    if (fd != -1 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
        close(fd);
        return -1;
    }
    return fd;
}

static int
send_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

        if (n <= 0)
            return -1;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static int
record(int fd, int type, const void *data, size_t len)
{
    unsigned char head[8] = {1, (unsigned char)type, 0, 1};

    head[4] = (unsigned char)(len >> 8);
    head[5] = (unsigned char)len;
    return send_all(fd, head, sizeof(head)) == -1 ? -1
                                                  : send_all(fd, data, len);
}

int
peer_begin(int fd)
{
    static const unsigned char responder[8] = {0, 1};

    return record(fd, BEGIN, responder, sizeof(responder));
}

static void
add_length(struct buf *b, size_t len)
{
    unsigned char four[4] = {(unsigned char)(0x80 | len >> 24),
                             (unsigned char)(len >> 16),
                             (unsigned char)(len >> 8), (unsigned char)len};

    if (len < 128)
        (void)buf_add(b, four + 3, 1);
    else
        (void)buf_add(b, four, 4);
}

int
peer_params(int fd, const char *const *params)
{
    auto_buf struct buf b = BUF_INIT(60000);

    for (; *params != NULL; params += 2) {
        add_length(&b, strlen(params[0]));
        add_length(&b, strlen(params[1]));
        (void)buf_add_str(&b, params[0]);
        (void)buf_add_str(&b, params[1]);
    }
    if (b.failed || record(fd, PARAMS, buf_str(&b), b.len) == -1)
        return -1;
    return record(fd, PARAMS, "", 0);
}

int
peer_stdin(int fd, const void *data, size_t len)
{
    const char *p = data;

    do {
        size_t piece = len < 32768 ? len : 32768;

        if (record(fd, STDIN, p, piece) == -1)
            return -1;
        p += piece;
        len -= piece;
    } while (len > 0);
    return 0;
}

static bool
read_all(int fd, void *data, size_t len)
{
    char *p = data;

    while (len > 0) {
        ssize_t n = read(fd, p, len);

        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* The type of the next record, -1 if the connection ended. */
static int
next(int fd, struct buf *out)
{
    unsigned char head[8];
    char data[65536 + 256];
    size_t len;

    if (!read_all(fd, head, sizeof(head)))
        return -1;
    len = (size_t)head[4] << 8 | head[5];
    if (!read_all(fd, data, len + head[6]))
        return -1;
    if (head[1] == STDOUT)
        (void)buf_add(out, data, len);
    return head[1];
}

bool
peer_piece(int fd, struct buf *out)
{
    int type = next(fd, out);

    return type != -1 && type != END;
}

bool
peer_answer(int fd, struct buf *out)
{
    int type;

    while ((type = next(fd, out)) != -1)
        if (type == END)
            return true;
    return false;
}

bool
peer_ask(const char *path, const char *const *params, const char *body,
         struct buf *out)
{
    auto_fd int fd = peer_connect(path);
    size_t len = body != NULL ? strlen(body) : 0;

    if (fd == -1 || peer_begin(fd) == -1 || peer_params(fd, params) == -1)
        return false;
    /* An early answer may end the connection before all is sent. */
    if (len > 0 && peer_stdin(fd, body, len) == 0)
        (void)peer_stdin(fd, "", 0);
    else if (len == 0)
        (void)peer_stdin(fd, "", 0);
    return peer_answer(fd, out);
}
