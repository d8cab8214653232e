// Peer: gorilla/websocket on one processor, echoing every message. Usage: gorilla PORT
package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"runtime"

	"github.com/gorilla/websocket"
)

const messageLimit = 64 << 20

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func echo(response http.ResponseWriter, request *http.Request) {
	connection, err := upgrader.Upgrade(response, request, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	connection.SetReadLimit(messageLimit)
	// One buffer for the connection's life: ReadMessage would allocate one a message.
	var message bytes.Buffer
	for {
		kind, reader, err := connection.NextReader()
		if err != nil {
			return
		}
		message.Reset()
		if _, err := message.ReadFrom(reader); err != nil {
			return
		}
		if err := connection.WriteMessage(kind, message.Bytes()); err != nil {
			return
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gorilla PORT")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(1)
	// net sets TCP_NODELAY on every connection.
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(echo)))
	os.Exit(3)
}
