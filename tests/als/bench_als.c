/*
 * Compares the reader with bare zlib and expat with empty handlers, over the
 * same bytes in one process: ./tests/als/bench_als [MIB of XML, default 100].
 * Prints the rate of each in MB of XML a second (best of three), their ratio,
 * and the peak memory.
 */
#include <expat.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "als/reader.h"
#include "base/buf.h"

#define CHUNK (64 * 1024)

static void
must(bool truth, const char *what)
{
    if (truth)
        return;
    (void)fprintf(stderr, "bench_als: %s\n", what);
    exit(1);
}

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Resident at its most, MB. */
static double
peak(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

/* A track of 200 KB or so: the mixture of real sets, in which parameters of
 * devices are most of the XML and plug-in state is text. */
static void
add_track(struct buf *b, int id)
{
    buf_addf(b,
             "<MidiTrack Id=\"%d\"><Name><EffectiveName Value=\"%d-Bass\" />"
             "</Name><TrackGroupId Value=\"-1\" /><DeviceChain>"
             "<MainSequencer><ClipTimeable><ArrangerAutomation><Events>"
             "<MidiClip Id=\"0\"><CurrentStart Value=\"0\" />"
             "<CurrentEnd Value=\"16\" /><Loop><LoopStart Value=\"0\" />"
             "<LoopEnd Value=\"16\" /></Loop><Notes><KeyTracks>"
             "<KeyTrack><Notes>",
             id, id);
    for (int i = 0; i < 96; i++)
        buf_addf(b,
                 "<MidiNoteEvent Time=\"%g\" Duration=\"0.25\" "
                 "Velocity=\"%d\" OffVelocity=\"64\" IsEnabled=\"true\" />\n",
                 i * 0.5, 60 + (i * 7) % 60);
    buf_add_str(b, "</Notes><MidiKey Value=\"40\" /></KeyTrack></KeyTracks>"
                   "</Notes></MidiClip></Events></ArrangerAutomation>"
                   "</ClipTimeable></MainSequencer><DeviceChain><Devices>"
                   "<Operator Id=\"0\"><On><Manual Value=\"true\" /></On>\n");
    for (int i = 0; i < 600; i++)
        buf_addf(b,
                 "\t\t\t\t\t\t\t<Parameter.%d>\n"
                 "\t\t\t\t\t\t\t\t<LomId Value=\"0\" />\n"
                 "\t\t\t\t\t\t\t\t<Manual Value=\"%g\" />\n"
                 "\t\t\t\t\t\t\t\t<MidiControllerRange>\n"
                 "\t\t\t\t\t\t\t\t\t<Min Value=\"0\" />\n"
                 "\t\t\t\t\t\t\t\t\t<Max Value=\"1\" />\n"
                 "\t\t\t\t\t\t\t\t</MidiControllerRange>\n"
                 "\t\t\t\t\t\t\t</Parameter.%d>\n",
                 i, (i * 37 % 1000) / 999.0 * id, i);
    buf_add_str(b, "<Buffer>");
    for (int i = 0; i < 400; i++)
        buf_addf(b, "\n\t\t\t\t\t\t%08X%08X%08X%08X%08X%08X",
                 i * id * 2654435761u, i * 40503u, id * 97u, i * i * 69069u,
                 id + i, i * 7919u);
    buf_add_str(b, "</Buffer></Operator></Devices></DeviceChain>"
                   "</DeviceChain></MidiTrack>\n");
}

static void
put(gzFile z, struct buf *b, int64_t *bytes)
{
    must(gzwrite(z, b->data, (unsigned)b->len) == (int)b->len, "gzwrite");
    *bytes += (int64_t)b->len;
    buf_clear(b);
}

/* The set, packed, in memory; how much XML it is. */
static int
make_set(int64_t bytes, int64_t *ret_bytes)
{
    auto_buf struct buf b = BUF_INIT(1 << 20);
    int fd = memfd_create("set", MFD_CLOEXEC);
    gzFile z = gzdopen(dup(fd), "wb6");

    must(fd != -1 && z != NULL, "no memory file");
    *ret_bytes = 0;
    buf_add_str(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<Ableton MinorVersion=\"11.0_433\" "
                    "Creator=\"Ableton Live 11.3\"><LiveSet><Tracks>\n");
    for (int id = 1; *ret_bytes < bytes; id++) {
        add_track(&b, id);
        put(z, &b, ret_bytes);
    }
    buf_add_str(&b, "</Tracks><MasterTrack><DeviceChain><Mixer><Tempo>"
                    "<Manual Value=\"120\" /></Tempo></Mixer></DeviceChain>"
                    "</MasterTrack></LiveSet></Ableton>");
    put(z, &b, ret_bytes);
    must(gzclose(z) == Z_OK, "gzclose");
    return fd;
}

static void XMLCALL
no_start(void *user, const XML_Char *name, const XML_Char **atts)
{
    (void)user;
    (void)name;
    (void)atts;
}

static void XMLCALL
no_end(void *user, const XML_Char *name)
{
    (void)user;
    (void)name;
}

static void
read_bare(int fd)
{
    XML_Parser p = XML_ParserCreate(NULL);
    gzFile z = gzdopen(dup(fd), "rb");
    int len;

    must(p != NULL && z != NULL, "no memory");
    (void)gzbuffer(z, CHUNK);
    XML_SetElementHandler(p, no_start, no_end);
    do {
        len = gzread(z, XML_GetBuffer(p, CHUNK), CHUNK);
        must(len >= 0, "gzread");
        must(XML_ParseBuffer(p, len, len == 0) == XML_STATUS_OK, "expat");
    } while (len > 0);
    (void)gzclose(z);
    XML_ParserFree(p);
}

static void
read_ours(int fd)
{
    struct err err = ERR_INIT;
    auto_als_set struct als_set *set = als_read(fd, NULL, &err);

    must(set != NULL, err.msg);
}

static double
best_rate(void (*read_set)(int fd), int fd, int64_t bytes)
{
    double best = 0;

    for (int i = 0; i < 3; i++) {
        double from;
        double rate;

        must(lseek(fd, 0, SEEK_SET) == 0, "lseek");
        from = now();
        read_set(fd);
        rate = (double)bytes / 1e6 / (now() - from);
        best = rate > best ? rate : best;
    }
    return best;
}

int
main(int argc, char **argv)
{
    int64_t bytes;
    int fd = make_set((argc > 1 ? atoll(argv[1]) : 100) << 20, &bytes);
    double made = peak();
    double bare = best_rate(read_bare, fd, bytes);
    double bare_peak = peak();
    double ours = best_rate(read_ours, fd, bytes);

    printf("%.1f MB of XML, %.1f MB packed\n", (double)bytes / 1e6,
           (double)lseek(fd, 0, SEEK_END) / 1e6);
    printf("zlib and expat  %7.1f MB/s\n", bare);
    printf("als/reader      %7.1f MB/s, %.2f of it\n", ours, ours / bare);
    printf("peak memory     %7.1f MB made, %.1f bare, %.1f ours\n", made,
           bare_peak, peak());
    close(fd);
    return 0;
}
