#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H
// CURL_STRICTER makes CURL*/CURLM* pointers to (opaque) structs, so Swift sees
// OpaquePointer, not UnsafeMutableRawPointer.
#ifndef CURL_STRICTER
#define CURL_STRICTER 1
#endif
#include <curl/curl.h>
#include <stdbool.h>
// Not <sys/epoll.h>: CLinux has it, and of two modules only one owns a name.

// Swift cannot call C variadics: one typed inline function per argument kind.
static inline CURLcode ccurl_set_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ccurl_set_str(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ccurl_set_off(CURL *h, CURLoption o, curl_off_t v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ccurl_set_ptr(CURL *h, CURLoption o, void *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode ccurl_set_list(CURL *h, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(h, o, v); }

typedef size_t (*ccurl_data_cb)(char *buf, size_t size, size_t nitems, void *user);
static inline CURLcode ccurl_set_data_cb(CURL *h, CURLoption o, ccurl_data_cb cb) { return curl_easy_setopt(h, o, cb); }

static inline CURLcode ccurl_get_long(CURL *h, CURLINFO i, long *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLcode ccurl_get_socket(CURL *h, curl_socket_t *v) { return curl_easy_getinfo(h, CURLINFO_ACTIVESOCKET, v); }

static inline CURLMcode ccurl_multi_set_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode ccurl_multi_set_ptr(CURLM *m, CURLMoption o, void *v) { return curl_multi_setopt(m, o, v); }
static inline CURLMcode ccurl_multi_set_socket_cb(CURLM *m, curl_socket_callback cb) { return curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, cb); }
static inline CURLMcode ccurl_multi_set_timer_cb(CURLM *m, curl_multi_timer_callback cb) { return curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, cb); }

// Macros with casts, which Swift does not import.
static inline curl_socket_t ccurl_socket_timeout(void) { return CURL_SOCKET_TIMEOUT; }
static inline long ccurl_global_all(void) { return CURL_GLOBAL_ALL; }
static inline bool ccurl_resolves_asynchronously(void) {
    return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS) != 0;
}

// CURLMsg has a C union; read it here.
static inline CURL *ccurl_msg_done(CURLMsg *m, CURLcode *result) {
    if (m->msg != CURLMSG_DONE) return NULL;
    *result = m->data.result;
    return m->easy_handle;
}
#endif
