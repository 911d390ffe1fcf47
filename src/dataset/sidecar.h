/* The texts that layouts write next to the audio. Each appends to `out`. */
#ifndef DATASET_SIDECAR_H
#define DATASET_SIDECAR_H

#include <json-c/json.h>

#include "dataset/layout.h"

/* For a window: its place in its track, as `start`, `end` and `parent`, which
 * is the name that the track would have without its extension. */
void sidecar_place(const struct sample *s, json_object *o);

text_writer sidecar_raw;             /* the caption as saved */
text_writer sidecar_caption;         /* the caption on one line */
text_writer sidecar_music;           /* AudioCraft's MusicInfo, JSON */
text_writer sidecar_ace_step;        /* ACE-Step's members, JSON */
text_writer row_ace_step;            /* a sample of its dataset.json */
text_writer row_ace_csv;             /* under ACE_CSV_HEAD */
text_writer sidecar_ai_toolkit;      /* the caption and its metas in tags */
text_writer sidecar_stable_prompt;   /* the caption, then "Genre: ..." */
text_writer sidecar_stable_fields;   /* everything known, JSON */
text_writer sidecar_stable_timeline; /* what to say about which stretch, JSON */
text_writer row_audiocraft;  /* AudioCraft's AudioMeta, a line of JSON */
text_writer row_audiofolder; /* Hugging Face, a line of JSON */
text_writer row_csv;         /* under CSV_HEAD */

#define CSV_HEAD "file_name,text,file,caption,bpm,key\r\n"

#define ACE_CSV_HEAD "file,caption,bpm,key\r\n"

/* The end of ACE-Step's dataset.json. */
void tail_ace_step(size_t rows, struct buf *out);

/* The Python module that reads the timelines; trainmode_metadata.py. */
extern const char stable_module[];
void extra_stable(bool split, struct buf *out);

/* AudioCraft's configuration of the dataset. */
void extra_audiocraft(bool split, struct buf *out);

#endif
