/*
 * Whether a text has the form of a caption, whatever it says: one line, at most
 * 60 words, in English, no markup, no JSON, no remarks to the user, no words
 * from the track itself.
 */
#ifndef CAPTION_FORM_H
#define CAPTION_FORM_H

enum { FORM_WORDS_MAX = 60, FORM_CHARS_MAX = 800 };

/* NULL for a caption; otherwise what is wrong, as the end of a sentence that
 * begins with "it". Static. */
const char *form_fault(const char *line);

/* The number of words in a text, as people count them. */
long form_words(const char *text);

#endif
