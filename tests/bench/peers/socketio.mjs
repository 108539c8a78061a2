// Socket.IO with its Redis adapter: node socketio.mjs PORT PUBLISH_SOCKET REDIS_URL
// A body posted to the unix socket is emitted to the room that every client joins.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { receive } from "./receive.mjs";

const [port, publishSocket, redisUrl] = process.argv.slice(2);
const pub = createClient({ url: redisUrl });
const sub = pub.duplicate();
await Promise.all([pub.connect(), sub.connect()]);

const http = createServer((request, response) => response.writeHead(404).end());
const io = new Server(http, { adapter: createAdapter(pub, sub), serveClient: false });
io.on("connection", (socket) => socket.join("bench"));
http.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
receive(publishSocket, (body) => io.to("bench").emit("m", body));
