// System under test: gorilla/websocket, echoing every message. Usage: gorilla PORT
//
// As the library's own Autobahn example does it: compression on, and text checked for UTF-8 by the application, because the
// library leaves that to it. The paths are the conformance fixtures; the library has neither a list of origins (it compares
// with Host, or asks the application) nor keep-alive, so that `/origin` and `/idle` are not among them.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const messageLimit = 64 << 20

func anyOrigin(*http.Request) bool { return true }

func sendClose(connection *websocket.Conn, code int, reason string) {
	message := websocket.FormatCloseMessage(code, reason)
	_ = connection.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
}

// Calls answer for each message until the connection ends or answer says that it has had enough.
func read(connection *websocket.Conn, answer func(kind int, message []byte) bool) {
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			sendClose(connection, websocket.CloseInvalidFramePayloadData, "")
			return
		}
		if !answer(kind, message) {
			return
		}
	}
}

func echo(connection *websocket.Conn, _ *http.Request) {
	read(connection, func(kind int, message []byte) bool { return connection.WriteMessage(kind, message) == nil })
}

// Sends a Close, then waits for the peer's as the documentation says: by reading on.
func finish(connection *websocket.Conn, code int, reason string) {
	sendClose(connection, code, reason)
	_ = connection.SetReadDeadline(time.Now().Add(5 * time.Second))
	read(connection, func(int, []byte) bool { return true })
}

func close(connection *websocket.Conn, request *http.Request) {
	query := request.URL.Query()
	code, err := strconv.Atoi(query.Get("code"))
	if err != nil {
		code = websocket.CloseNoStatusReceived // FormatCloseMessage makes an empty Close of it.
	}
	finish(connection, code, query.Get("reason"))
}

func push(connection *websocket.Conn, request *http.Request) {
	_ = connection.WriteMessage(websocket.TextMessage, []byte("pushed"))
	echo(connection, request)
}

func textOnly(connection *websocket.Conn, _ *http.Request) {
	read(connection, func(kind int, message []byte) bool {
		if kind == websocket.BinaryMessage {
			finish(connection, websocket.CloseUnsupportedData, "")
			return false
		}
		return connection.WriteMessage(kind, message) == nil
	})
}

func info(connection *websocket.Conn, request *http.Request) {
	target, _ := url.ParseRequestURI(request.RequestURI)
	headers := [][]string{{"Host", request.Host}}
	for name, values := range request.Header {
		for _, value := range values {
			headers = append(headers, []string{name, value})
		}
	}
	description := map[string]interface{}{"path": target.EscapedPath(), "query": target.RawQuery, "headers": headers}
	_ = connection.WriteJSON(description)
	echo(connection, request)
}

func endpoint(upgrader websocket.Upgrader, limit int64, handle func(*websocket.Conn, *http.Request)) http.HandlerFunc {
	upgrader.ReadBufferSize, upgrader.WriteBufferSize = 4096, 4096
	upgrader.CheckOrigin = anyOrigin
	return func(response http.ResponseWriter, request *http.Request) {
		connection, err := upgrader.Upgrade(response, request, nil)
		if err != nil {
			return
		}
		defer connection.Close()
		connection.SetReadLimit(limit)
		handle(connection, request)
	}
}

func withPassword(next http.HandlerFunc) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		if user, password, _ := request.BasicAuth(); user != "user" || password != "pass" {
			response.Header().Set("WWW-Authenticate", `Basic realm="fixture"`)
			http.Error(response, "Credentials are required.", http.StatusUnauthorized)
			return
		}
		next(response, request)
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gorilla PORT")
		os.Exit(2)
	}
	log.SetOutput(io.Discard)
	plain, deflate := websocket.Upgrader{}, websocket.Upgrader{EnableCompression: true}
	endpoints := map[string]http.HandlerFunc{
		"/":             endpoint(deflate, messageLimit, echo),
		"/echo":         endpoint(plain, messageLimit, echo),
		"/echo-deflate": endpoint(deflate, messageLimit, echo),
		"/limit":        endpoint(deflate, 1<<20, echo),
		"/subproto":     endpoint(websocket.Upgrader{Subprotocols: []string{"chat", "superchat"}}, messageLimit, echo),
		"/auth":         withPassword(endpoint(plain, messageLimit, echo)),
		"/redirect":     http.RedirectHandler("/echo", http.StatusFound).ServeHTTP,
		"/close":        endpoint(plain, messageLimit, close),
		"/push":         endpoint(plain, messageLimit, push),
		"/text-only":    endpoint(plain, messageLimit, textOnly),
		"/info":         endpoint(plain, messageLimit, info),
	}
	// Not http.ServeMux, which cleans paths and redirects.
	handler := func(response http.ResponseWriter, request *http.Request) {
		if serve, known := endpoints[request.URL.Path]; known {
			serve(response, request)
			return
		}
		http.NotFound(response, request)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	fmt.Println("listening on ws://127.0.0.1:" + os.Args[1])
	fmt.Fprintln(os.Stderr, http.Serve(listener, http.HandlerFunc(handler)))
	os.Exit(3)
}
