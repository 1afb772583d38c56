/* Preloaded before a program, counts how often it asks the disk to keep what was written, and writes the
   number into the file that COUNT_SYNCS_INTO names when the program ends. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_int count;

int fsync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    atomic_fetch_add(&count, 1);
    return real(file);
}

int fdatasync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    atomic_fetch_add(&count, 1);
    return real(file);
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("COUNT_SYNCS_INTO");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%d\n", atomic_load(&count));
        fclose(file);
    }
}
