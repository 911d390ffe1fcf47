/*
 * A store with items in it, exports of them, and the contents of the zips: for
 * the tests of dataset/.
 */
#ifndef TESTS_DATASET_HOUSE_H
#define TESTS_DATASET_HOUSE_H

#include <stddef.h>
#include <stdint.h>

#include "dataset/check.h"
#include "dataset/export.h"
#include "../store/temp_store.h"

#define ZIP_PATH "artists/a/datasets/dataset-1.zip"
#define CAPTION "Melodic techno, 124 bpm in A minor, warm pads"

struct house {
    struct temp_store at;
    struct items items;
    struct roll roll; /* of them */
};

/* The roll's walk; self: the house. */
int walk_items(void *self, roll_visit *visit, void *ctx, struct err *err);
int setup(void **state);
int teardown(void **state);
uint8_t *wav(double seconds, size_t *ret_len);
void put_bytes(struct house *h, const char *path, const void *data, size_t len);
struct item *add_item(struct house *h, const char *format, const void *data,
                      size_t len, double seconds, const char *caption);
void add_items(struct house *h, size_t n, const char *format);
struct export_job job_of(struct house *h, const char *layout);
void must_run(const struct export_job *job, struct export_result *ret);
char *zip_file(const struct house *h);
int with_zip(const struct house *h, const char *command);
void unpack(struct house *h, const struct export_job *job);
char *text_of(const struct house *h, const char *name);
json_object *json_of(const char *text);
bool ends(const char *s, const char *end);
char *with_suffix(const char *name, const char *suffix);
void must_check(struct house *h, const struct export_options *opt,
                struct check *ret);
bool has_code(json_object *list, const char *code);
const char *code_of(json_object *blocks, const char *item);

#endif
