// System under test: ws for Node.js, echoing every message. Usage: node node_ws_server.js PORT
//
// permessage-deflate on, which it is not by default, and for short messages too: what is never compressed is never tested.
// The paths are the conformance fixtures, each with a server of its own behind one HTTP server, as the library's
// documentation shows; ws itself has neither a list of origins nor keep-alive, so that `/origin` and `/idle` are not among
// them.
'use strict';

const http = require('http');

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

const deflate = { perMessageDeflate: { threshold: 0 } };

function endpoint(options, connected) {
  const server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024, ...options });
  server.on('connection', (socket, request) => {
    // ws fails the connection itself; without a listener the error would end the process.
    socket.on('error', () => {});
    connected(socket, request);
  });
  return server;
}

function echo(socket) {
  socket.on('message', (data, binary) => socket.send(data, { binary }));
}

// Path and query of a target, also of one in absolute form, which Node.js hands on as it came.
function parts(request) {
  const target = request.url.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
  const at = target.indexOf('?');
  return at < 0 ? [target, null] : [target.slice(0, at), target.slice(at + 1)];
}

function close(socket, request) {
  const query = new URLSearchParams(parts(request)[1] || '');
  try {
    if (query.has('code')) socket.close(Number(query.get('code')), query.get('reason') || '');
    else socket.close();
  } catch {
    socket.close(1011);
  }
}

function push(socket) {
  socket.send('pushed');
  echo(socket);
}

function textOnly(socket) {
  socket.on('message', (data, binary) => (binary ? socket.close(1003) : socket.send(data, { binary })));
}

function info(socket, request) {
  const [path, query] = parts(request);
  const headers = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) headers.push(request.rawHeaders.slice(at, at + 2));
  socket.send(JSON.stringify({ path, query, headers }));
  echo(socket);
}

const supported = ['chat', 'superchat'];
const handleProtocols = (offered) => [...offered].find((name) => supported.includes(name)) || false;
const endpoints = {
  '/': endpoint(deflate, echo),
  '/echo': endpoint({}, echo),
  '/echo-deflate': endpoint(deflate, echo),
  '/limit': endpoint({ ...deflate, maxPayload: 1024 * 1024 }, echo),
  '/subproto': endpoint({ handleProtocols }, echo),
  '/auth': endpoint({}, echo),
  '/close': endpoint({}, close),
  '/push': endpoint({}, push),
  '/text-only': endpoint({}, textOnly),
  '/info': endpoint({}, info),
};

function refuse(socket, status, ...headers) {
  socket.end([`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`, 'Connection: close', 'Content-Length: 0', ...headers, '', '']
    .join('\r\n'));
}

const server = http.createServer((request, response) => {
  // What ws's own HTTP server answers to a request without an upgrade.
  const status = parts(request)[0] in endpoints ? 426 : 404;
  const body = http.STATUS_CODES[status];
  response.writeHead(status, { 'Content-Length': body.length, 'Content-Type': 'text/plain' });
  response.end(body);
});

server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {});
  const [path] = parts(request);
  if (path === '/redirect') return refuse(socket, 302, 'Location: /echo');
  if (!(path in endpoints)) return refuse(socket, 404);
  if (path === '/auth' && request.headers.authorization !== 'Basic dXNlcjpwYXNz') {
    return refuse(socket, 401, 'WWW-Authenticate: Basic realm="fixture"');
  }
  const chosen = endpoints[path];
  return chosen.handleUpgrade(request, socket, head, (opened) => chosen.emit('connection', opened, request));
});

server.listen(port, '127.0.0.1', () => console.log(`listening on ws://127.0.0.1:${port}`));
