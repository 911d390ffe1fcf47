/* What an export is asked for, held against what its layout knows. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "export/export.h"

#define TRIGGER_MAX 200
#define SEGMENT_MIN 5
#define SEGMENT_MAX 600

static int
read_layout(json_object *in, const struct layout **ret, struct err *err)
{
    const char *name = LAYOUT_DEFAULT;

    if (json_opt_str(in, "layout", &name, err) == -1)
        return -1;
    *ret = layout_find(name);
    if (*ret == NULL)
        return err_field(err, "layout",
                         "there is no layout %.40s; GET /api/train/layouts "
                         "lists them",
                         name);
    return 0;
}

static int
read_trigger(json_object *in, const char **ret, struct err *err)
{
    if (json_opt_str(in, "trigger", ret, err) == -1)
        return -1;
    if (*ret != NULL && strlen(*ret) > TRIGGER_MAX)
        return err_field(err, "trigger", "a trigger has at most %d bytes",
                         TRIGGER_MAX);
    if (*ret != NULL && strpbrk(*ret, "\r\n") != NULL)
        return err_field(err, "trigger", "a trigger stands on one line");
    if (*ret != NULL && text_blank(*ret))
        *ret = NULL;
    return 0;
}

/* A number in [min, max], or 0 where it is absent. */
static int
read_number(json_object *in, const char *name, double min, double max,
            double *ret, struct err *err)
{
    json_object *m = json_at(in, name);

    *ret = 0;
    if (m == NULL)
        return 0;
    if (!json_object_is_type(m, json_type_int) &&
        !json_object_is_type(m, json_type_double))
        return err_field(err, name, "%s must be a number", name);
    *ret = json_object_get_double(m);
    if (!(*ret >= min && *ret <= max))
        return err_field(err, name, "%s is a number from %g to %g", name, min,
                         max);
    return 0;
}

static int
known_to(const struct layout *l, enum layout_option option, const char *name,
         struct err *err)
{
    if ((l->options & option) == 0)
        return err_field(err, name, "the layout %s knows no %s", l->name, name);
    return 0;
}

int
options_read(json_object *in, struct export_options *ret, struct err *err)
{
    struct export_options opt = {0};
    double segment;

    if (read_layout(in, &opt.layout, err) == -1 ||
        read_trigger(in, &opt.trigger, err) == -1 ||
        read_number(in, "segmentSec", SEGMENT_MIN, SEGMENT_MAX, &segment,
                    err) == -1 ||
        read_number(in, "split", 0.01, 0.5, &opt.split, err) == -1 ||
        json_opt_bool(in, "includeExported", &opt.include_exported, err) == -1)
        return -1;
    if (segment != floor(segment))
        return err_field(err, "segmentSec", "segmentSec is whole seconds");
    opt.segment_sec = (int)segment;

    if ((opt.trigger != NULL &&
         known_to(opt.layout, OPTION_TRIGGER, "trigger", err) == -1) ||
        (opt.segment_sec > 0 &&
         known_to(opt.layout, OPTION_SEGMENT, "segmentSec", err) == -1) ||
        (opt.split > 0 &&
         known_to(opt.layout, OPTION_SPLIT, "split", err) == -1))
        return -1;
    *ret = opt;
    return 0;
}
