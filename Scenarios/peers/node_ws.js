// Peer: ws for Node.js, echoing every message. Usage: node node_ws.js PORT
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
  console.error('usage: node node_ws.js PORT');
  process.exit(2);
}

// ws sets TCP_NODELAY itself.
const server = new WebSocketServer({
  host: '127.0.0.1',
  port,
  backlog: 4096,
  clientTracking: false,
  maxPayload: 64 * 1024 * 1024,
  perMessageDeflate: false,
});

server.on('connection', (socket) => {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
  socket.on('error', () => socket.terminate());
});
