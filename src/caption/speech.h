/*
 * Detects what a model that hears writes instead of a caption: the words that
 * are sung or spoken, or a caption in the language of the lyrics.
 */
#ifndef CAPTION_SPEECH_H
#define CAPTION_SPEECH_H

/* text: a line in lower case. NULL for a caption; otherwise what is wrong, as
 * the end of a sentence that begins with "it". Static. */
const char *speech_fault(const char *text);

#endif
