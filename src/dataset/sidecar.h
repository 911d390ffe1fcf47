/* The texts that layouts write beside the audio. Each appends to `out`. */
#ifndef DATASET_SIDECAR_H
#define DATASET_SIDECAR_H

#include "dataset/layout.h"

text_writer sidecar_raw;      /* the caption as saved */
text_writer sidecar_caption;  /* the caption on one line */
text_writer sidecar_music;    /* AudioCraft's MusicInfo, JSON */
text_writer sidecar_ace_step; /* ACE-Step's members, JSON */
text_writer row_audiocraft;   /* AudioCraft's AudioMeta, a line of JSON */
text_writer row_audiofolder;  /* Hugging Face, a line of JSON */
text_writer row_csv;          /* under CSV_HEAD */

#define CSV_HEAD "file_name,text,file,caption,bpm,key\r\n"

/* AudioCraft's configuration of the dataset. */
void extra_audiocraft(bool split, struct buf *out);

#endif
