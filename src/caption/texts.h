/* The room's text files, embedded at build (see Makefile.inc). */
#ifndef CAPTION_TEXTS_H
#define CAPTION_TEXTS_H

extern const char train_v1_text[];   /* train-v1.txt */
extern const char train_v2_text[];   /* train-v2.txt */
extern const char windows_v3_text[]; /* windows-v3.txt */
extern const char windows_v4_text[]; /* windows-v4.txt */

#endif
