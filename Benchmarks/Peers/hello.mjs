// Answers every request with a short JSON text, on the port of its one argument.
import http from "node:http";

http.createServer((request, response) => {
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end('{"status":"ok"}');
}).listen(Number(process.argv[2]), "127.0.0.1");
