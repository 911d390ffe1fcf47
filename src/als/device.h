/*
 * Devices by the names that people know, and what they are for.
 */
#ifndef ALS_DEVICE_H
#define ALS_DEVICE_H

#include "als/set.h"

enum als_device_kind {
    ALS_INSTRUMENT,
    ALS_EFFECT,
    ALS_UTILITY, /* an effect that says nothing about the sound's character */
    ALS_MIDI_EFFECT,
    ALS_TOOL, /* a plug-in that makes or carries notes, and no sound */
    ALS_RACK, /* of instruments or effects; what counts is in it */
};

/* The human name: a plug-in's own, a Max patch's file, else Live's name for
 * the device. Borrowed, never NULL. */
const char *als_device_name(const struct als_device *device);

/* set: to tell an unmarked plug-in by its place on a MIDI track. */
enum als_device_kind als_device_kind(const struct als_set *set, size_t device);

/* Whether the device, its chain and all around it are on. */
bool als_device_heard(const struct als_set *set, size_t device);

/* "vst2", "vst3", "au", "max", "live". */
const char *als_format_name(enum als_format format);

/* A drum rack, or the drum machine of old. */
bool als_device_is_drums(const struct als_device *device);

#endif
