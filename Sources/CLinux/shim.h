#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H
// What the Glibc module of Swift leaves out.
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// These are declared under _GNU_SOURCE only, which a module may not see.
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);

static inline int clinux_accept(int fd, struct sockaddr *address, socklen_t *length) {
    return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
/// Gives the calling thread a name, of 15 bytes at most.
static inline void clinux_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}
#endif
