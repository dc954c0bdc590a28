// Stands before libsndfile and misbehaves where a file's name says so: it crashes when a file is opened ("crash") or read ("later"), and
// does not come back from opening ("hang") or reading it, as the process is stopped ("stop"). Which process it was is written beside the file.
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int crashes, stops;
static char process_file[4096];

static void *real(const char *name)
{
    static void *library;
    if (!library) library = dlopen(REAL, RTLD_NOW);
    return dlsym(library, name);
}

static void write_process(void)
{
    FILE *file = fopen(process_file, "w");
    fprintf(file, "%d", getpid());
    fclose(file);
}

void *sf_open(const char *path, int mode, void *info)
{
    const char *name = strrchr(path, '/') + 1;
    crashes = strstr(name, "later") != 0;
    stops = strstr(name, "stop") != 0;
    snprintf(process_file, sizeof process_file, "%s.process", path);
    if (strstr(name, "crash")) *(volatile int *)8 = 1;
    if (strstr(name, "hang"))
    {
        write_process();
        for (;;) pause();
    }
    return ((void *(*)(const char *, int, void *))real("sf_open"))(path, mode, info);
}

long sf_readf_float(void *file, float *samples, long frames)
{
    if (crashes) *(volatile int *)8 = 1;
    if (stops)
    {
        write_process();
        raise(SIGSTOP);
    }
    return ((long (*)(void *, float *, long))real("sf_readf_float"))(file, samples, frames);
}

int sf_close(void *file) { return ((int (*)(void *))real("sf_close"))(file); }

int sf_error(void *file) { return ((int (*)(void *))real("sf_error"))(file); }

const char *sf_strerror(void *file) { return ((const char *(*)(void *))real("sf_strerror"))(file); }

const char *sf_version_string(void) { return ((const char *(*)(void))real("sf_version_string"))(); }
