// What is posted to a unix socket, as text, one call a body.
import { createServer } from "node:http";

export function receive(path, take) {
	const server = createServer((request, response) => {
		const parts = [];
		request.on("data", (part) => parts.push(part));
		request.on("end", () => {
			take(Buffer.concat(parts).toString());
			response.writeHead(204).end();
		});
	});
	server.keepAliveTimeout = 0;
	server.maxRequestsPerSocket = 0;
	server.listen(path);
}
