// k6 as an echo load generator: N VUs, each one socket with one 20-byte message in flight for D seconds.
// Prints one JSON line: {"echoes": …, "connections": …, "errors": …, "seconds": …}
//
//   k6 run --quiet --no-usage-report -e URL=ws://127.0.0.1:9001/echo -e VUS=100 -e SECONDS=5 k6-echo.js
//
// With -e MEASURE=1 each reply is compared in length and its latency goes into a Trend: what a k6 user writes who wants
// to know latencies, and what wsbench always does (it compares every byte). Without it k6 only counts.
//
// k6/ws and not k6/experimental/websockets: it makes half as many echoes again from the same CPU (k6 1.1, 100 VUs).
import { Counter, Trend } from 'k6/metrics';
import ws from 'k6/ws';

const url = __ENV.URL || 'ws://127.0.0.1:9001/echo';
const vus = Number(__ENV.VUS || 100);
const seconds = Number(__ENV.SECONDS || 5);
const measures = __ENV.MEASURE === '1';

const echoes = new Counter('echoes');
const connections = new Counter('connections');
const errors = new Counter('errors');
const rtt = new Trend('rtt', true);

export const options = {
  scenarios: {
    echo: { executor: 'per-vu-iterations', vus, iterations: 1, maxDuration: `${seconds + 30}s`, gracefulStop: '5s' },
  },
  summaryTrendStats: ['avg'], // no percentile is read, so none need be computed
};

const message = new Uint8Array(20).map((_, index) => (index * 37) % 256).buffer;

export default function () {
  // Counted here and handed to k6 once a socket: a metric sample of our own for each echo would only slow k6 down.
  let received = 0;
  let sent = 0;
  ws.connect(url, {}, (socket) => {
    socket.on('open', () => {
      connections.add(1);
      socket.setTimeout(() => socket.close(), seconds * 1000);
      sent = Date.now();
      socket.sendBinary(message);
    });
    socket.on('binaryMessage', (reply) => {
      received += 1;
      if (measures) {
        rtt.add(Date.now() - sent);
        if (reply.byteLength !== message.byteLength) errors.add(1);
        sent = Date.now();
      }
      socket.sendBinary(message);
    });
    socket.on('error', () => errors.add(1));
  });
  echoes.add(received);
}

export function handleSummary(data) {
  const count = (name) => (data.metrics[name] ? data.metrics[name].values.count : 0);
  const line = { echoes: count('echoes'), connections: count('connections'), errors: count('errors'), seconds };
  return { stdout: JSON.stringify(line) + '\n' };
}
