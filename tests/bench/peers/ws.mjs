// The ws library, every client gets everything: node ws.mjs PORT PUBLISH_SOCKET
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { receive } from "./receive.mjs";

const [port, publishSocket] = process.argv.slice(2);
const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
http.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
receive(publishSocket, (body) => {
	for (const client of server.clients) client.send(body);
});
