/* What two file names have in common when they are of one track. */
#ifndef MUSIC_NAME_KEY_H
#define MUSIC_NAME_KEY_H

/* What is left of a file's name without its folders, its ending and the words
 * that people add to a bounce ("Track 2 (master) v3.wav" and "track-2.als" are
 * one). The caller frees it. */
char *name_key(const char *name);
/* The same with those words: "Track 2 v3.wav" and "Track 2 v3.als" are one,
 * "Track 2.als" is another. */
char *name_words(const char *name);

#endif
