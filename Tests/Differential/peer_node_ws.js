// Debian's node-ws as one side of a conversation: its WebSocket and WebSocketServer over a wire in memory, a JSON request
// and answer a line.
'use strict';

const http = require('http');
const readline = require('readline');
const { Duplex } = require('stream');
const WebSocket = require('ws');

// What was not done after this long is not going to be.
const PATIENCE = 10000;

// The other end of a socket: what is pushed arrives in the pieces it is pushed in.
class Wire extends Duplex {
  constructor() {
    super();
    this.sent = [];
  }
  _read() {}
  _write(chunk, _, done) {
    this.sent.push(chunk);
    done();
  }
  setTimeout() { return this; }
  setNoDelay() { return this; }
  setKeepAlive() { return this; }
  ref() { return this; }
  unref() { return this; }
}

const limit = (bits) => (bits < 15 ? bits : undefined);

function options(deflate) {
  return deflate && {
    serverNoContextTakeover: deflate.serverNoContextTakeover || undefined,
    clientNoContextTakeover: deflate.clientNoContextTakeover || undefined,
    serverMaxWindowBits: limit(deflate.serverMaxWindowBits),
    clientMaxWindowBits: limit(deflate.clientMaxWindowBits),
    zlibDeflateOptions: { level: deflate.level, memLevel: deflate.memoryLevel },
    threshold: 0,
  };
}

class Side {
  constructor(settings) {
    this.events = [];
    this.wire = new Wire();
    const perMessageDeflate = options(settings.deflate) || false;
    if (settings.role === 'client') {
      // It makes its connections itself, unless an agent does.
      const agent = { protocol: 'http:', addRequest: (request) => request.onSocket(this.wire) };
      this.open(new WebSocket('ws://127.0.0.1/', { agent, perMessageDeflate }));
    } else {
      const sockets = new WebSocket.WebSocketServer({ noServer: true, perMessageDeflate });
      const server = http.createServer();
      server.on('upgrade', (request, wire, head) => {
        sockets.handleUpgrade(request, wire, head, (socket) => this.open(socket));
      });
      server.emit('connection', this.wire);
    }
  }

  open(socket) {
    this.socket = socket;
    const opened = () => {
      this.isOpen = true;
      this.event('open');
      // 'close' would come with the end of the wire only.
      socket._receiver.on('conclude', (code, reason) => this.event('close', reason, code));
    };
    if (socket.readyState === WebSocket.OPEN) opened(); else socket.on('open', opened);
    socket.on('message', (data, isBinary) => this.event(isBinary ? 'binary' : 'text', data));
    socket.on('ping', (data) => this.event('ping', data));
    socket.on('pong', (data) => this.event('pong', data));
    socket.on('error', (error) => this.event('error', Buffer.from(String(error))));
  }

  event(kind, octets = Buffer.alloc(0), code = undefined) {
    this.events.push({ kind, octets: octets.toString('base64'), code });
  }

  send(step) {
    const octets = Buffer.from(step.octets, 'base64');
    switch (step.kind) {
      case 'ping': return this.socket.ping(octets);
      case 'pong': return this.socket.pong(octets);
      case 'close':
        // An empty Close is one without arguments.
        return step.code === null ? this.socket.close() : this.socket.close(step.code, octets);
      default:
        if (step.kind !== 'continuation') this.compress = step.compress;
        return this.socket.send(octets, { binary: step.kind === 'binary', compress: this.compress, fin: step.fin });
    }
  }

  // Whether everything asked for is done: nothing says so, so its own state is looked at.
  isIdle() {
    if (this.events.some((event) => event.kind === 'error')) return true;
    if (this.wire.readableLength > 0 || this.wire.writableLength > 0) return false;
    if (!this.isOpen) return true;
    const { _receiver: receiver, _sender: sender } = this.socket;
    return receiver._writableState.length === 0 && !sender._deflating && sender._queue.length === 0;
  }

  // Two turns of the loop in which nothing moved; before the handshake is complete as many as it takes.
  async settle(awaitsOpen) {
    const end = Date.now() + PATIENCE;
    for (let quiet = 0; quiet < 2;) {
      await new Promise(setImmediate);
      const before = this.wire.sent.length + this.events.length;
      const isDone = this.isIdle() && !(awaitsOpen && !this.isOpen && !this.events.length);
      quiet = isDone && before === this.seen ? quiet + 1 : 0;
      this.seen = before;
      if (Date.now() > end) {
        this.event('error', Buffer.from('it did not settle'));
        return;
      }
    }
  }

  drop() {
    if (this.socket) this.socket.on('error', () => {}).terminate();
    this.wire.destroy();
  }

  answer() {
    const octets = Buffer.concat(this.wire.sent).toString('base64');
    const answer = { octets, events: this.events };
    this.wire.sent = [];
    this.events = [];
    return answer;
  }
}

async function main() {
  let side;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let answer;
    try {
      if (request.begin) {
        if (side) side.drop();
        side = new Side(request.begin);
        // A client's request leaves a turn later.
        const end = Date.now() + PATIENCE;
        while (request.begin.role === 'client' && !side.wire.sent.length && Date.now() < end) {
          await new Promise(setImmediate);
        }
      }
      for (const piece of request.receive || []) side.wire.push(Buffer.from(piece, 'base64'));
      for (const step of request.send || []) side.send(step);
      await side.settle((request.receive || []).length > 0);
      answer = side.answer();
    } catch (error) {
      answer = { octets: '', events: [{ kind: 'error', octets: Buffer.from(String(error.stack)).toString('base64') }] };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}

main();
