/*
 * How a timeline is written down, for its reader and its writer only.
 *
 * The object holds tempo, meters and tracks in plain JSON; `data` is packed
 * (packed.h) bytes. Its numbers are base-128, low bits first, and the top bit
 * is set if more bytes follow. For each track in order:
 *
 *     1 if pitches follow, 0 if kinds do
 *     count of spans; for each: ticks since the end of the previous one, length
 *     count of onsets
 *     for each onset: ticks since the previous one
 *     for each onset: a byte, its pitch or its kind
 *     for each onset: a byte, its weight, 1 to `levels`
 *     if there are pitches: for each onset, its length in ticks
 *
 * Columns of one kind pack better than rows of four.
 */
#ifndef MUSIC_TIMELINE_PARTS_H
#define MUSIC_TIMELINE_PARTS_H

#define TIMELINE_FORMAT 1
#define TIMELINE_TICKS 48          /* the finest grid, see TIMELINE_GRID */
#define TIMELINE_BEATS 1e7         /* 30 days at 200 BPM, the longest allowed */
#define TIMELINE_RAW_MAX (4 << 20) /* most bytes that `data` may unpack to */
#define TIMELINE_TRACKS 2000
#define TIMELINE_LIST 4096     /* tempo pieces, meters */
#define TIMELINE_PITCH_BASS 48 /* a note below it is TIMELINE_BASS */

#endif
