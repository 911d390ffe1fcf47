/*
 * Whether a text is a caption by its form, whatever it says: one line, at most
 * 60 words, in English, no markup, no JSON, no talk to whoever asked, no words
 * of the track's own.
 */
#ifndef CAPTION_FORM_H
#define CAPTION_FORM_H

enum { FORM_WORDS_MAX = 60, FORM_CHARS_MAX = 800 };

/* NULL for a caption; else what is wrong, as the end of a sentence that
 * begins with "it". Static. */
const char *form_fault(const char *line);

/* Words of a text, as people count them. */
long form_words(const char *text);

#endif
