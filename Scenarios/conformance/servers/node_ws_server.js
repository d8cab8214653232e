// System under test: ws for Node.js, echoing every message. Usage: node node_ws_server.js PORT
//
// permessage-deflate on, which it is not by default, and for short messages too: what is never compressed is never tested.
'use strict';

function load() {
  try {
    return require('ws');
  } catch {
    return require('/usr/share/nodejs/ws'); // Debian's node-ws, for a Node.js that is not Debian's
  }
}

const { WebSocketServer } = load();
const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error('usage: node node_ws_server.js PORT');
  process.exit(2);
}

const server = new WebSocketServer({
  host: '127.0.0.1',
  port,
  maxPayload: 64 * 1024 * 1024,
  perMessageDeflate: { threshold: 0 },
});

server.on('connection', (socket) => {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
  // ws fails the connection itself; without a listener the error would end the process.
  socket.on('error', () => {});
});
server.on('listening', () => console.log(`listening on ws://127.0.0.1:${port}`));
