// Stands before libsndfile and crashes where a file's name says so: "crash" when it is opened, "later" when it is read.
#include <dlfcn.h>
#include <string.h>

static int doomed;

static void *real(const char *name)
{
    static void *library;
    if (!library) library = dlopen(REAL, RTLD_NOW);
    return dlsym(library, name);
}

void *sf_open(const char *path, int mode, void *info)
{
    doomed = strstr(path, "later") != 0;
    if (strstr(path, "crash")) *(volatile int *)8 = 1;
    return ((void *(*)(const char *, int, void *))real("sf_open"))(path, mode, info);
}

long sf_readf_float(void *file, float *samples, long frames)
{
    if (doomed) *(volatile int *)8 = 1;
    return ((long (*)(void *, float *, long))real("sf_readf_float"))(file, samples, frames);
}

int sf_close(void *file) { return ((int (*)(void *))real("sf_close"))(file); }

int sf_error(void *file) { return ((int (*)(void *))real("sf_error"))(file); }

const char *sf_strerror(void *file) { return ((const char *(*)(void *))real("sf_strerror"))(file); }

const char *sf_version_string(void) { return ((const char *(*)(void))real("sf_version_string"))(); }
