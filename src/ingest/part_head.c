/* Header lines of parts; see part_head.h. */
#include "ingest/part_head.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "web/query.h"
#include "ingest/ingest.h"

#define BLANKS " \t"

/* ---- parameters ---- */

/* A quoted string from its opening quote; returns its end. Browsers write %22
 * for a quote, curl puts a backslash before it; a backslash before anything
 * else is literal (old browsers send whole Windows paths). NULL if it does not
 * end. */
static const char *
unquote(const char *p, char *ret, size_t size, bool *ret_fits)
{
    size_t n = 0;

    for (p++; *p != '"'; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        if (*p == '\0')
            return NULL;
        if (n + 1 < size)
            ret[n] = *p;
        n++;
    }
    *ret_fits = n + 1 <= size;
    ret[*ret_fits ? n : 0] = '\0';
    return p + 1;
}

static const char *
plain(const char *p, char *ret, size_t size, bool *ret_fits)
{
    size_t n = strcspn(p, "; \t\"");

    *ret_fits = n < size;
    memcpy(ret, p, *ret_fits ? n : 0);
    ret[*ret_fits ? n : 0] = '\0';
    return p + n;
}

bool
part_param(const char *value, const char *name, char *ret, size_t size)
{
    const char *p = value + strcspn(value, ";");

    while (p != NULL && *p == ';') {
        size_t len;
        bool is_it;
        bool fits;

        p += 1 + strspn(p + 1, BLANKS);
        len = strcspn(p, "=; \t");
        is_it = len == strlen(name) && strncasecmp(p, name, len) == 0;
        p += len;
        p += strspn(p, BLANKS);
        if (*p != '=')
            continue;
        p += 1 + strspn(p + 1, BLANKS);
        p = *p == '"' ? unquote(p, ret, size, &fits)
                      : plain(p, ret, size, &fits);
        if (is_it)
            return p != NULL && fits;
        if (p != NULL)
            p += strspn(p, BLANKS);
    }
    return false;
}

/* ---- the lines' content ---- */

/* The part of a path after its last folder, with either kind of slash. */
static const char *
last_part(const char *path)
{
    const char *slash;

    while ((slash = strpbrk(path, "/\\")) != NULL)
        path = slash + 1;
    return path;
}

/* The file's name: filename*= (RFC 5987) if it is UTF-8, otherwise filename=.
 * An invalid name is dropped; nothing depends on it. */
static void
find_file_name(const char *disposition, struct part_head *ret)
{
    char given[PART_FILE_MAX] = "";
    char decoded[PART_FILE_MAX] = "";
    const char *name = given;

    if (part_param(disposition, "filename*", given, sizeof(given)) &&
        strncasecmp(given, "UTF-8'", 6) == 0 && strchr(given + 6, '\'') &&
        percent_decode(strchr(given + 6, '\'') + 1,
                       strlen(strchr(given + 6, '\'') + 1), false, decoded))
        name = decoded;
    else if (!part_param(disposition, "filename", given, sizeof(given)))
        return;
    name = last_part(name);
    if (!text_valid(name, strlen(name)))
        return;
    for (const char *p = name; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return;
    memcpy(ret->file_name, name, strlen(name) + 1);
}

char *
ingest_disposition_name(const char *value)
{
    struct part_head head = {0};

    if (value != NULL)
        find_file_name(value, &head);
    return head.file_name[0] != '\0' ? xstrdup(head.file_name) : NULL;
}

static int
disposition_line(const char *value, struct part_head *ret, struct err *err)
{
    static const char kind[] = "form-data";
    size_t len = strcspn(value, "; \t");

    if (len != sizeof(kind) - 1 || strncasecmp(value, kind, len) != 0 ||
        !part_param(value, "name", ret->name, sizeof(ret->name)))
        return err_set(err, ERR_BAD_REQUEST,
                       "a part's Content-Disposition must be form-data with a "
                       "name of at most %d bytes",
                       PART_NAME_MAX - 1);
    find_file_name(value, ret);
    return 0;
}

/* Parts must be sent without encoding (RFC 7578, 4.7). */
static int
encoding_line(const char *value, struct err *err)
{
    static const char *const known[] = {"binary", "8bit", "7bit"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcasecmp(value, known[i]) == 0)
            return 0;
    return err_set(err, ERR_BAD_REQUEST,
                   "a part's Content-Transfer-Encoding must be binary");
}

static int
head_line(char *line, struct part_head *ret, struct err *err)
{
    char *colon = strchr(line, ':');
    char *value;
    size_t len;

    if (colon == NULL || colon == line)
        return err_set(err, ERR_BAD_REQUEST, "a part has a bad header line");
    *colon = '\0';
    value = colon + 1 + strspn(colon + 1, BLANKS);
    len = strlen(value);
    while (len > 0 && strchr(BLANKS, value[len - 1]) != NULL)
        value[--len] = '\0';
    if (strcasecmp(line, "Content-Disposition") == 0)
        return disposition_line(value, ret, err);
    if (strcasecmp(line, "Content-Transfer-Encoding") == 0)
        return encoding_line(value, err);
    if (strcasecmp(line, "Content-Type") == 0 && len < sizeof(ret->type))
        memcpy(ret->type, value, len + 1);
    return 0;
}

int
part_head_parse(char *head, struct part_head *ret, struct err *err)
{
    ret->name[0] = ret->file_name[0] = ret->type[0] = '\0';
    while (*head != '\0') {
        char *end = strchr(head, '\n');

        if (end == NULL || end == head || end[-1] != '\r')
            return err_set(err, ERR_BAD_REQUEST,
                           "a part's header lines must end in CR LF");
        end[-1] = '\0';
        if (head_line(head, ret, err) == -1)
            return -1;
        head = end + 1;
    }
    if (ret->name[0] == '\0')
        return err_set(err, ERR_BAD_REQUEST,
                       "a part has no Content-Disposition with a name");
    return 0;
}
