/* System under test: libwebsockets as a client of a fuzzing server. Usage: libwebsockets_client URL AGENT
 *
 * URL is ws://HOST:PORT. Asks /getCaseCount, echoes in each /runCase until the server closes, asks for /updateReports, as
 * the library's own minimal-ws-client-echo does in one connection each. Each case has a process of its own. */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Chunks that wait before reading pauses: as many as in the example of the library. */
#define QUEUE_LIMIT 4096
/* For a case; the longest takes the suite 10 seconds. */
#define MOST_SECONDS 20

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

/* What the one connection of the moment is for. */
static struct {
    int finished;
    int echoes;
    char answer[32];
    size_t answered;
} turn;

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

static int handle(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    struct session *session = user;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        memset(session, 0, sizeof(*session));
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        if (turn.echoes)
            return enqueue(wsi, session, in, length);
        if (length < sizeof(turn.answer) - turn.answered) {
            memcpy(turn.answer + turn.answered, in, length);
            turn.answered += length;
        }
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return send_next(wsi, session);
    case LWS_CALLBACK_CLIENT_CLOSED:
        while (session->head)
            drop_head(session);
        turn.finished = 1;
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        turn.finished = 1;
        return 0;
    default:
        return lws_callback_http_dummy(wsi, reason, user, in, length);
    }
}

static const struct lws_protocols protocols[] = {
    {"echo", handle, sizeof(struct session), 1024, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_no_context_takeover; client_max_window_bits"},
    {NULL, NULL, NULL},
};

/* One connection to its end; 0 when there can be none. */
static int run(const char *host, int port, const char *path, int echoes) {
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.extensions = extensions;
    info.pt_serv_buf_size = 32 * 1024;
    info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
    struct lws_context *context = lws_create_context(&info);
    if (!context)
        return 0;
    char authority[128];
    struct lws_client_connect_info connection;
    memset(&turn, 0, sizeof(turn));
    turn.echoes = echoes;
    snprintf(authority, sizeof(authority), "%s:%d", host, port);
    memset(&connection, 0, sizeof(connection));
    connection.context = context;
    connection.address = host;
    connection.port = port;
    connection.path = path;
    connection.host = authority;
    connection.origin = authority;
    connection.local_protocol_name = "echo";
    if (lws_client_connect_via_info(&connection))
        while (!turn.finished && lws_service(context, 0) >= 0)
            ;
    lws_context_destroy(context);
    return 1;
}

/* A case in a process of its own: what kills it, fills its memory or never ends, ends no other case. */
static void run_case(const char *host, int port, int number, const char *agent) {
    char path[256];
    int status = 0;
    snprintf(path, sizeof(path), "/runCase?case=%d&agent=%s", number, agent);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(MOST_SECONDS);
        _exit(run(host, port, path, 1) ? 0 : 3);
    }
    if (child > 0 && waitpid(child, &status, 0) == child && status != 0)
        printf("case %d: %s %d\n", number, WIFSIGNALED(status) ? "signal" : "status",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

int main(int count, char **words) {
    char host[64], path[256];
    int port;
    if (count != 3 || sscanf(words[1], "ws://%63[^:/]:%d", host, &port) != 2) {
        fprintf(stderr, "usage: libwebsockets_client ws://HOST:PORT AGENT\n");
        return 2;
    }
    lws_set_log_level(0, NULL);
    run(host, port, "/getCaseCount", 0);
    int cases = atoi(turn.answer);
    for (int number = 1; number <= cases; number++)
        run_case(host, port, number, words[2]);
    snprintf(path, sizeof(path), "/updateReports?agent=%s", words[2]);
    run(host, port, path, 0);
    printf("%d cases\n", cases);
    return cases > 0 ? 0 : 3;
}
