/*
 * What a model that hears writes in place of a caption: the words that are
 * sung or said, or a caption in the language that they are sung in.
 */
#ifndef CAPTION_SPEECH_H
#define CAPTION_SPEECH_H

/* text: a line in small letters. NULL for a caption; else what is wrong, as
 * the end of a sentence that begins with "it". Static. */
const char *speech_fault(const char *text);

#endif
