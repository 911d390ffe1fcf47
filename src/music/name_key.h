/* Compares the names of two files to see whether they are the same track's. */
#ifndef MUSIC_NAME_KEY_H
#define MUSIC_NAME_KEY_H

/* A file's name without its folders, its extension and the words that people
 * add to a bounce, so that "Track 2 (master) v3.wav" and "track-2.als" are
 * equal. The caller frees it. */
char *name_key(const char *name);
/* The same, but with those words: "Track 2 v3.wav" and "Track 2 v3.als" are
 * equal, "Track 2.als" differs. */
char *name_words(const char *name);

#endif
