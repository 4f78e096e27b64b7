/* A card that can be unplugged, for tests: preloaded, it makes alsa-lib answer as it does for a USB card
   that is gone, as long as the file $UNPLUGGED exists. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int gone(void) {
    const char *path = getenv("UNPLUGGED");
    return path && access(path, F_OK) == 0;
}

/* Not RTLD_NEXT: alsa-lib comes in with a Python extension, outside the scope of what was preloaded. */
static void *real(const char *name) {
    static void *library;
    if (!library) library = dlopen("libasound.so.2", RTLD_NOW);
    return dlsym(library, name);
}

long snd_pcm_readi(void *pcm, void *buffer, unsigned long frames) {
    static long (*readi)(void *, void *, unsigned long);
    if (!readi) readi = (long (*)(void *, void *, unsigned long))real("snd_pcm_readi");
    return gone() ? -ENODEV : readi(pcm, buffer, frames);
}

int snd_pcm_open(void **pcm, const char *name, int stream, int mode) {
    static int (*open)(void **, const char *, int, int);
    if (!open) open = (int (*)(void **, const char *, int, int))real("snd_pcm_open");
    return gone() ? -ENOENT : open(pcm, name, stream, mode);
}
