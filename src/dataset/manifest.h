/*
 * MANIFEST.json: what a dataset was made from, so that it can be made again.
 * Nothing in it depends on when or where the export ran.
 */
#ifndef DATASET_MANIFEST_H
#define DATASET_MANIFEST_H

#include <json-c/json.h>

#include "base/json_writer.h"
#include "dataset/layout.h"

struct export_options {
    const struct layout *layout;
    const char *trigger; /* precedes every caption; NULL: none */
    int segment_sec;     /* 0: files stay whole */
    double split;        /* share reserved for validation; 0: none */
    bool include_exported;
    bool by_windows; /* each window is a file, instead of its track */
};

/* The text, item by item: a tree of 10,000 items would take some 30 MB. */
void manifest_begin(struct json_writer *w, const struct export_options *opt);
/* One item; files: the names of its files in the zip, an array that is
 * consumed. */
void manifest_add(struct json_writer *w, const struct item *it,
                  json_object *files);
void manifest_end(struct json_writer *w);
/* The head without `items`, which come last. The caller puts it. */
json_object *manifest_head(const struct export_options *opt);

#endif
