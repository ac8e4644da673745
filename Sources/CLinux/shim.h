#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H
// What the Glibc module of Swift leaves out.
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>

// accept4 is declared under _GNU_SOURCE only, which a module may not see.
extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);

static inline int clinux_accept(int fd, struct sockaddr *address, socklen_t *length) {
    return accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
#endif
