// System under test: ws for Node.js as a client of a fuzzing server. Usage: node node_ws_client.js URL AGENT
//
// Asks /getCaseCount, echoes in each /runCase until the server closes, asks for /updateReports. Compression is offered as by
// default, and used for short messages too.
'use strict';

function load() {
  try {
    return require('ws');
  } catch {
    return require('/usr/share/nodejs/ws'); // Debian's node-ws, for a Node.js that is not Debian's
  }
}

const WebSocket = load();
const [url, agent] = process.argv.slice(2);
if (!agent) {
  console.error('usage: node node_ws_client.js URL AGENT');
  process.exit(2);
}

function session(path, receive) {
  return new Promise((finished) => {
    const socket = new WebSocket(url + path, { maxPayload: 64 * 1024 * 1024, perMessageDeflate: { threshold: 0 } });
    socket.on('message', (data, binary) => receive(socket, data, binary));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', finished);
  });
}

async function main() {
  let count = 0;
  await session('/getCaseCount', (socket, data) => { count = Number(data.toString()); });
  for (let number = 1; number <= count; number += 1) {
    await session(`/runCase?case=${number}&agent=${agent}`, (socket, data, binary) => socket.send(data, { binary }));
  }
  await session(`/updateReports?agent=${agent}`, () => {});
  console.log(`${count} cases`);
}

main();
