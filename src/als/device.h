/*
 * Devices by their human names, and their purpose.
 */
#ifndef ALS_DEVICE_H
#define ALS_DEVICE_H

#include "als/set.h"

enum als_device_kind {
    ALS_INSTRUMENT,
    ALS_EFFECT,
    ALS_UTILITY, /* an effect that says nothing about the character of the
                  * sound */
    ALS_MIDI_EFFECT,
    ALS_TOOL, /* a plug-in that makes or passes on notes, but no sound */
    ALS_RACK, /* of instruments or effects; what matters is inside */
};

/* The human name: the plug-in's own, a Max patch's file, otherwise Live's name
 * for the device. Borrowed, never NULL. */
const char *als_device_name(const struct als_device *device);

/* set: used to classify an unmarked plug-in by its place on a MIDI track. */
enum als_device_kind als_device_kind(const struct als_set *set, size_t device);

/* Whether the device, its chain and everything around it are on, and it is no
 * sampler without a sample. */
bool als_device_heard(const struct als_set *set, size_t device);

/* "vst2", "vst3", "au", "max", "live". */
const char *als_format_name(enum als_format format);

/* Seconds that an instrument sounds after the end of a note; -1: unknown. */
double als_device_release(const struct als_device *device);

/* A drum rack, or the older drum machine. */
bool als_device_is_drums(const struct als_device *device);

#endif
