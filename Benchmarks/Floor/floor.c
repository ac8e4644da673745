// The least that a server on one epoll loop can cost: what Lavadeck's figures are divided by.
//
//   Floor http FILE               answers every request with the bytes of FILE
//   Floor sse BYTES MICROSECONDS  pushes an event of BYTES to every client, in that interval,
//                                 from SIGUSR1 on until the next SIGUSR1
//
// Both listen on a free port of 127.0.0.1, and say so in one line: "listening on 127.0.0.1:PORT".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { connection_limit = 4096, request_limit = 8192, batch = 128 };

// A request that is not complete yet, by descriptor.
static struct { size_t length; char bytes[request_limit]; } *partial[connection_limit];

static char *answer;
static size_t answer_length;
static int subscribers[connection_limit];
static int subscriber_count;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int epoll, listener;

static void watch(int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

static void open_listener(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) fail("bind");
    if (listen(listener, 1024) != 0) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &length);
    watch(listener);
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
}

static void take(void) {
    int one = 1;
    for (;;) {
        int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) return;
        if (descriptor >= connection_limit) {
            close(descriptor);
            continue;
        }
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (partial[descriptor] == NULL) partial[descriptor] = malloc(sizeof *partial[0]);
        partial[descriptor]->length = 0;
        watch(descriptor);
    }
}

static void end(int descriptor) {
    for (int index = 0; index < subscriber_count; index++)
        if (subscribers[index] == descriptor) subscribers[index] = subscribers[--subscriber_count];
    close(descriptor);
}

// Answers every complete request that has come.
static void serve(int descriptor) {
    char *bytes = partial[descriptor]->bytes;
    size_t *length = &partial[descriptor]->length;
    ssize_t count = recv(descriptor, bytes + *length, request_limit - *length, 0);
    if (count <= 0) {
        if (count < 0 && errno == EAGAIN) return;
        return end(descriptor);
    }
    *length += (size_t)count;
    for (;;) {
        char *blank = memmem(bytes, *length, "\r\n\r\n", 4);
        if (blank == NULL) break;
        size_t used = (size_t)(blank + 4 - bytes);
        memmove(bytes, bytes + used, *length - used);
        *length -= used;
        if (send(descriptor, answer, answer_length, MSG_NOSIGNAL) < 0) return end(descriptor);
    }
    if (*length == request_limit) end(descriptor);
}

static void serve_http(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(path);
    answer = malloc(1 << 20);
    answer_length = fread(answer, 1, 1 << 20, file);
    fclose(file);
    open_listener();
    struct epoll_event events[batch];
    for (;;) {
        int count = epoll_wait(epoll, events, batch, -1);
        for (int index = 0; index < count; index++) {
            if (events[index].data.fd == listener) take();
            else serve(events[index].data.fd);
        }
    }
}

static const char stream_head[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

// Reads the request of a new subscriber; from then on it is pushed to.
static void subscribe(int descriptor) {
    char bytes[request_limit];
    ssize_t count = recv(descriptor, bytes, sizeof bytes, 0);
    if (count <= 0) {
        if (count < 0 && errno == EAGAIN) return;
        return end(descriptor);
    }
    if (memmem(bytes, (size_t)count, "\r\n\r\n", 4) == NULL) return;
    send(descriptor, stream_head, sizeof stream_head - 1, MSG_NOSIGNAL);
    subscribers[subscriber_count++] = descriptor;
}

static void push(void) {
    for (int index = 0; index < subscriber_count; index++)
        send(subscribers[index], answer, answer_length, MSG_NOSIGNAL);
}

static void set_timer(int timer, long microseconds) {
    struct timespec interval = {microseconds / 1000000, microseconds % 1000000 * 1000};
    struct itimerspec setting = {.it_interval = interval, .it_value = interval};
    timerfd_settime(timer, 0, &setting, NULL);
}

static void serve_events(size_t size, long microseconds) {
    answer_length = size;
    answer = malloc(size);
    memset(answer, 'x', size);
    memcpy(answer, "data: ", 6);
    memcpy(answer + size - 2, "\n\n", 2);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int told = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int is_pushing = 0;
    open_listener();
    watch(told);
    watch(timer);
    struct epoll_event events[batch];
    for (;;) {
        int count = epoll_wait(epoll, events, batch, -1);
        for (int index = 0; index < count; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == listener) {
                take();
            } else if (descriptor == told) {
                struct signalfd_siginfo signal;
                while (read(told, &signal, sizeof signal) > 0) is_pushing = !is_pushing;
                set_timer(timer, is_pushing ? microseconds : 0);
            } else if (descriptor == timer) {
                unsigned long long times = 0;
                if (read(timer, &times, sizeof times) > 0) while (times-- > 0) push();
            } else {
                subscribe(descriptor);
            }
        }
    }
}

int main(int count, char **words) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // nobody else would end it
    if (count == 3 && strcmp(words[1], "http") == 0) serve_http(words[2]);
    if (count == 4 && strcmp(words[1], "sse") == 0)
        serve_events((size_t)atol(words[2]), atol(words[3]));
    fprintf(stderr, "usage: Floor http FILE | Floor sse BYTES MICROSECONDS\n");
    return 2;
}
