/* System under test: libwebsockets, echoing every message. Usage: libwebsockets_server PORT
 *
 * As the library's own minimal-ws-server-echo, which exists for Autobahn: permessage-deflate on, UTF-8 checked by the
 * library. What arrives is queued as chunks and leaves as they came: first, middle or last of a message. The subprotocols
 * are `chat` and `superchat`, on the same path: the library chooses among the protocols that it has. */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Chunks that wait before reading pauses: as many as in the example of the library. */
#define QUEUE_LIMIT 4096

struct chunk {
    struct chunk *next;
    size_t length;
    char binary, first, final;
    unsigned char bytes[]; /* LWS_PRE octets of room for the header, then the payload */
};

struct session {
    struct chunk *head, *tail;
    int queued, paused, sent;
};

static void drop_head(struct session *session) {
    struct chunk *chunk = session->head;
    session->head = chunk->next;
    if (!session->head)
        session->tail = NULL;
    session->queued--;
    free(chunk);
}

static int enqueue(struct lws *wsi, struct session *session, const void *bytes, size_t length) {
    struct chunk *chunk = malloc(sizeof(*chunk) + LWS_PRE + length);
    if (!chunk)
        return -1;
    chunk->next = NULL;
    chunk->length = length;
    chunk->binary = (char)lws_frame_is_binary(wsi);
    chunk->first = (char)lws_is_first_fragment(wsi);
    chunk->final = (char)lws_is_final_fragment(wsi);
    if (length)
        memcpy(chunk->bytes + LWS_PRE, bytes, length);
    if (session->tail)
        session->tail->next = chunk;
    else
        session->head = chunk;
    session->tail = chunk;
    if (++session->queued >= QUEUE_LIMIT && !session->paused) {
        session->paused = 1;
        lws_rx_flow_control(wsi, 0);
    }
    lws_callback_on_writable(wsi);
    return 0;
}

static int send_next(struct lws *wsi, struct session *session) {
    /* The extension may go on compressing a chunk after lws_write: it is freed when the socket is writable again. */
    if (session->sent) {
        session->sent = 0;
        drop_head(session);
    }
    if (session->paused && session->queued < QUEUE_LIMIT / 2) {
        session->paused = 0;
        lws_rx_flow_control(wsi, 1);
    }
    struct chunk *chunk = session->head;
    if (!chunk)
        return 0;
    int flags = lws_write_ws_flags(chunk->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT, chunk->first, chunk->final);
    if (lws_write(wsi, chunk->bytes + LWS_PRE, chunk->length, (enum lws_write_protocol)flags) < (int)chunk->length)
        return -1;
    session->sent = 1;
    lws_callback_on_writable(wsi);
    return 0;
}

/* Not 0 when the request has been answered, because nothing is served at its path. */
static int refuse_unknown(struct lws *wsi) {
    static const char *const paths[] = {"/", "/echo", "/echo-deflate", "/subproto"};
    char target[256];
    if (lws_hdr_copy(wsi, target, sizeof(target), WSI_TOKEN_GET_URI) > 0) {
        /* Also of a target in absolute form, of which the library makes http:/AUTHORITY/PATH. */
        const char *authority = strstr(target, ":/"), *path = authority ? strchr(authority + 2, '/') : target;
        for (size_t index = 0; index < sizeof(paths) / sizeof(paths[0]); index++)
            if (path && !strcmp(path, paths[index]))
                return 0;
    }
    return lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL) ? -1 : 1;
}

static int echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    struct session *session = user;
    switch (reason) {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return refuse_unknown(wsi);
    case LWS_CALLBACK_ESTABLISHED:
        memset(session, 0, sizeof(*session));
        return 0;
    case LWS_CALLBACK_RECEIVE:
        return enqueue(wsi, session, in, length);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return send_next(wsi, session);
    case LWS_CALLBACK_CLOSED:
        while (session->head)
            drop_head(session);
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, length);
    }
}

static const struct lws_protocols protocols[] = {
    {"echo", echo, sizeof(struct session), 1024, 0, NULL, 0}, /* the default, for those who ask for none */
    {"chat", echo, sizeof(struct session), 1024, 0, NULL, 0},
    {"superchat", echo, sizeof(struct session), 1024, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_no_context_takeover; client_max_window_bits"},
    {NULL, NULL, NULL},
};

int main(int count, char **words) {
    struct lws_context_creation_info info;
    int port = count == 2 ? atoi(words[1]) : 0;
    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: libwebsockets_server PORT\n");
        return 2;
    }
    lws_set_log_level(0, NULL);
    memset(&info, 0, sizeof(info));
    info.port = port;
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.extensions = extensions;
    info.pt_serv_buf_size = 32 * 1024;
    info.options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE;
    struct lws_context *context = lws_create_context(&info);
    if (!context)
        return 3;
    printf("listening on ws://127.0.0.1:%d\n", port);
    fflush(stdout);
    while (lws_service(context, 0) >= 0)
        ;
    lws_context_destroy(context);
    return 3;
}
