/*
 * How a timeline is written down, for its reader and its writer only.
 *
 * The object says tempo, meters and tracks in plain JSON; `data` is what
 * packed.h makes of bytes, in which numbers are base-128, low bits first,
 * the top bit set where more follow. For each track in order:
 *
 *     1 where pitches follow, 0 where kinds do
 *     count of spans; for each: ticks since the end of the one before, length
 *     count of onsets
 *     for each onset: ticks since the one before
 *     for each onset: a byte, its pitch or its kind
 *     for each onset: a byte, its weight, 1 to `levels`
 *     where pitches are: for each onset, its length in ticks
 *
 * A column of one thing packs better than rows of four.
 */
#ifndef MUSIC_TIMELINE_PARTS_H
#define MUSIC_TIMELINE_PARTS_H

#define TIMELINE_FORMAT 1
#define TIMELINE_TICKS 48          /* the finest grid, see TIMELINE_GRID */
#define TIMELINE_BEATS 1e7         /* 30 days at 200 BPM; nothing is longer */
#define TIMELINE_RAW_MAX (4 << 20) /* bytes that `data` may unpack to */
#define TIMELINE_TRACKS 2000
#define TIMELINE_LIST 4096     /* tempo pieces, meters */
#define TIMELINE_PITCH_BASS 48 /* below it a note is TIMELINE_BASS */

#endif
