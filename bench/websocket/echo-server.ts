// The server behind /ws/: for each message of the size that is expected it sends one of the same size.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { accepted, frame } from './frames.ts';

const PORT = 28004;

/** @param payload bytes of every message */
export async function startEchoServer(payload: number): Promise<Server> {
  const question = frame(payload, true).length;
  const answer = frame(payload, false);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (head) => {
      socket.write(accepted(String(head)));
      echo(socket, question, answer);
    });
  });
  await once(server.listen({ port: PORT, host: '127.0.0.1', backlog: 4096 }), 'listening');
  return server;
}

function echo(socket: Socket, question: number, answer: Buffer): void {
  let come = 0;
  socket.on('data', (piece) => {
    come += piece.length;
    for (; come >= question; come -= question) socket.write(answer);
  });
}
