// System under test: gorilla/websocket as a client of a fuzzing server. Usage: gorilla URL AGENT
//
// Asks /getCaseCount, echoes in each /runCase until the server closes, asks for /updateReports. Text is checked for UTF-8
// here, because the library leaves that to the application.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const messageLimit = 64 << 20

var dialer = websocket.Dialer{EnableCompression: true, HandshakeTimeout: 10 * time.Second}

func runCase(url string) {
	connection, _, err := dialer.Dial(url, nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, url, err)
		return
	}
	defer connection.Close()
	connection.SetReadLimit(messageLimit)
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			reason := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "")
			_ = connection.WriteControl(websocket.CloseMessage, reason, time.Time{})
			return
		}
		if err := connection.WriteMessage(kind, message); err != nil {
			return
		}
	}
}

func caseCount(url string) (int, error) {
	connection, _, err := dialer.Dial(url+"/getCaseCount", nil)
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	_, message, err := connection.ReadMessage()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(message))
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gorilla URL AGENT")
		os.Exit(2)
	}
	url, agent := os.Args[1], os.Args[2]
	count, err := caseCount(url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	for number := 1; number <= count; number++ {
		runCase(fmt.Sprintf("%s/runCase?case=%d&agent=%s", url, number, agent))
	}
	runCase(url + "/updateReports?agent=" + agent)
	fmt.Println(count, "cases")
}
