/* THE FLOOR: the least work an echo server over sockets can do on this machine; other servers are measured against it.
 *
 * It answers every masked frame by its unmasked copy, opcode and FIN copied, and checks nothing else: no UTF-8, no
 * fragments, no limits but the two below, a ping is answered by a ping. One thread, epoll level-triggered, one receive
 * and one send per readable event, no allocation unless a frame is cut by the read's end or the socket is full.
 *
 *   cc -O3 -march=x86-64-v2 -o floor floor.c -lcrypto && ./floor 9001
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SHARED = 256 * 1024, REQUEST_LIMIT = 16 * 1024, FRAME_LIMIT = 64 * 1024 * 1024, EVENTS = 512 };

struct connection {
    int fd;
    bool upgraded, closing;
    uint8_t *in;               /* what the last read cut: a frame (need = its size), a header or a request (need = 0) */
    size_t length, need, head; /* head: size of the cut frame's header; its payload is unmasked as it arrives */
    uint8_t *out;              /* what the socket did not take: [sent, end). Nothing is read while there is any */
    size_t sent, end;
};

static uint8_t shared[SHARED + 1]; /* + 1 for the NUL behind a request */
static struct epoll_event events[EVENTS];
static int poller;

static void interest(struct connection *c, int operation, uint32_t events) {
    epoll_ctl(poller, operation, c->fd, &(struct epoll_event){.events = events, .data.ptr = c});
}

static void hang_up(struct connection *c) {
    close(c->fd);
    free(c->in);
    free(c->out);
    free(c);
}

/* XORs n payload bytes, the first of which is byte `at` of its frame's payload. GCC makes 16-byte steps of the loop. */
static void unmask(uint8_t *p, size_t n, const uint8_t *key, size_t at) {
    uint8_t turned[8];
    for (int i = 0; i < 8; i++) turned[i] = key[(at + i) & 3];
    uint64_t wide, word;
    memcpy(&wide, turned, 8);
    size_t words = n / 8;
    for (size_t i = 0; i < words; i++) {
        memcpy(&word, p + i * 8, 8);
        word ^= wide;
        memcpy(p + i * 8, &word, 8);
    }
    for (size_t i = words * 8; i < n; i++) p[i] ^= turned[i & 7];
}

/* The size of the frame at p with its header, 0 while the header is incomplete. SIZE_MAX: not a frame to answer. */
static inline size_t frame_size(const uint8_t *p, size_t n, size_t *head) {
    if (n < 2) return 0;
    uint64_t payload = p[1] & 0x7f;
    *head = payload < 126 ? 6 : payload == 126 ? 8 : 14;
    if (!(p[1] & 0x80)) return SIZE_MAX;
    if (n < *head) return 0;
    if (payload == 126) payload = (uint64_t)p[2] << 8 | p[3];
    else if (payload == 127) memcpy(&payload, p + 2, 8), payload = __builtin_bswap64(payload);
    return payload > FRAME_LIMIT ? SIZE_MAX : *head + payload;
}

/* Writes the answer's header over the key, right before the payload: the answer starts 4 bytes after the frame did. */
static inline uint8_t *answer(struct connection *c, uint8_t *p, size_t head) {
    c->closing |= (p[0] & 0x0f) == 8;
    p[1] &= 0x7f;
    if (head == 6) memmove(p + 4, p, 2);
    else if (head == 8) memmove(p + 4, p, 4);
    else memmove(p + 4, p, 10);
    return p + 4;
}

/* Answers a request that is complete. Returns the first byte behind it, p while it is not, NULL to hang up. */
static uint8_t *handshake(struct connection *c, uint8_t *p, uint8_t *end) {
    uint8_t *rest = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
    if (!rest) return end - p > REQUEST_LIMIT ? NULL : p;
    rest[2] = 0;
    char *key = strcasestr((char *)p, "\r\nsec-websocket-key:"), text[128], reply[256];
    unsigned char hash[20], accept[29];
    if (!key) return NULL;
    key += strlen("\r\nsec-websocket-key:");
    key += strspn(key, " \t");
    int length = (int)strcspn(key, " \t\r");
    int size = snprintf(text, sizeof text, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", length, key);
    if (size >= (int)sizeof text) return NULL;
    EVP_EncodeBlock(accept, SHA1((unsigned char *)text, (size_t)size, hash), 20);
    size = snprintf(reply, sizeof reply,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
    c->upgraded = true;
    return send(c->fd, reply, (size_t)size, MSG_NOSIGNAL) == size ? rest + 4 : NULL;
}

/* Sends a once cut frame's answer (in `owned`, or none) and the gathered ones; keeps what the socket does not take. */
static bool deliver(struct connection *c, uint8_t *owned, struct iovec parts[2]) {
    size_t total = parts[0].iov_len + parts[1].iov_len;
    if (total == 0) return true;
    struct msghdr both = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t n = owned ? sendmsg(c->fd, &both, MSG_NOSIGNAL) : send(c->fd, parts[1].iov_base, total, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return free(owned), false;
    size_t sent = n < 0 ? 0 : (size_t)n;
    if (sent == total) return free(owned), !c->closing;
    if (sent < parts[0].iov_len) {
        c->sent = (size_t)((uint8_t *)parts[0].iov_base - owned) + sent;
        c->end = c->sent + parts[0].iov_len - sent;
        c->out = parts[1].iov_len ? realloc(owned, c->end + parts[1].iov_len) : owned;
        if (!c->out) return free(owned), false;
        memcpy(c->out + c->end, parts[1].iov_base, parts[1].iov_len);
        c->end += parts[1].iov_len;
    } else {
        free(owned);
        c->sent = 0, c->end = total - sent;
        if (!(c->out = malloc(c->end))) return false;
        memcpy(c->out, (uint8_t *)parts[1].iov_base + (sent - parts[0].iov_len), c->end);
    }
    interest(c, EPOLL_CTL_MOD, EPOLLOUT);
    return true;
}

/* One receive, every whole frame answered in place, one send, the cut rest kept. False: hang up. */
static bool readable(struct connection *c) {
    uint8_t *p = shared, *end = shared, *owned = NULL;
    struct iovec answers[2] = {{0}, {0}};
    size_t head, size;
    if (c->need) {
        /* The cut frame's rest goes to its place, what follows it to the shared buffer: no byte is copied twice. */
        size_t missing = c->need - c->length;
        ssize_t n = readv(c->fd, (struct iovec[2]){{c->in + c->length, missing}, {shared, SHARED}}, 2);
        if (n <= 0) return n < 0 && errno == EAGAIN;
        size_t got = (size_t)n < missing ? (size_t)n : missing;
        unmask(c->in + c->length, got, c->in + c->head - 4, c->length - c->head);
        c->length += got;
        if (c->length < c->need) return true;
        owned = c->in;
        answers[0] = (struct iovec){answer(c, owned, c->head), c->need - 4};
        end += (size_t)n - got;
    } else {
        memcpy(shared, c->in ? c->in : shared, c->length);
        ssize_t n = recv(c->fd, shared + c->length, SHARED - c->length, 0);
        if (n <= 0) return n < 0 && errno == EAGAIN;
        end += c->length + (size_t)n;
        free(c->in);
    }
    c->in = NULL, c->length = c->need = 0;
    if (!c->upgraded && !(p = handshake(c, p, end))) return false;
    uint8_t *from = p, *to = p;
    while (c->upgraded && !c->closing) {
        size = frame_size(p, (size_t)(end - p), &head);
        if (size == 0 || size > (size_t)(end - p)) break;
        unmask(p + head, size - head, p + head - 4, 0);
        uint8_t *reply = answer(c, p, head);
        if (from == to) from = to = reply; /* the first stays where it is, the others close up to it */
        else memmove(to, reply, size - 4);
        to += size - 4;
        p += size;
    }
    size_t rest = (size_t)(end - p);
    if (rest && !c->closing) {
        size = c->upgraded ? frame_size(p, rest, &head) : 0;
        if (size == SIZE_MAX || !(c->in = malloc(size ? size : rest))) return free(owned), false;
        memcpy(c->in, p, rest);
        c->length = rest, c->need = size;
        if (size) c->head = head, unmask(c->in + head, rest - head, c->in + head - 4, 0);
    }
    answers[1] = (struct iovec){from, (size_t)(to - from)};
    return deliver(c, owned, answers);
}

static bool writable(struct connection *c) {
    ssize_t n = send(c->fd, c->out + c->sent, c->end - c->sent, MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN;
    c->sent += (size_t)n;
    if (c->sent < c->end) return true;
    free(c->out), c->out = NULL;
    interest(c, EPOLL_CTL_MOD, EPOLLIN);
    return !c->closing;
}

int main(int count, char **arguments) {
    int port = count == 2 ? atoi(arguments[1]) : 0;
    if (port < 1 || port > 65535) return fprintf(stderr, "usage: floor PORT\n"), 2;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) files.rlim_cur = files.rlim_max, setrlimit(RLIMIT_NOFILE, &files);
    mallopt(M_MMAP_THRESHOLD, 32 << 20), mallopt(M_TRIM_THRESHOLD, 256 << 20); /* no page faults per 1 MiB frame */
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096))
        return perror("floor: listen"), 3;
    poller = epoll_create1(0);
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (c) {
                if (!(c->out ? writable(c) : readable(c))) hang_up(c);
                continue;
            }
            for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                if (!(c = calloc(1, sizeof *c))) { close(fd); continue; }
                c->fd = fd;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                interest(c, EPOLL_CTL_ADD, EPOLLIN);
            }
        }
    }
}
