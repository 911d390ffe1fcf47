/*
 * MANIFEST.json: what a dataset was made of, so that it can be made again.
 * Nothing in it depends on when or where the export ran.
 */
#ifndef DATASET_MANIFEST_H
#define DATASET_MANIFEST_H

#include <json-c/json.h>

#include "dataset/layout.h"

struct export_options {
    const struct layout *layout;
    const char *trigger; /* put before every caption; NULL: none */
    int segment_sec;     /* 0: files stay whole */
    double split;        /* share kept for validation; 0: none */
    bool include_exported;
};

/* The head: layout, options, an empty `items`. The caller puts it. */
json_object *manifest_open(const struct export_options *opt);
/* One item; its files' names in the zip, an array that is consumed. */
void manifest_add(json_object *manifest, const struct item *it,
                  json_object *files);
/* The head with the items' ids only, for the dataset's row. */
json_object *manifest_short(const struct export_options *opt,
                            const struct items *items);

#endif
