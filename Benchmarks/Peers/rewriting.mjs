// A chat store as small services often have it: one JSON file that is rewritten for each message,
// and one call of Cipher for each text. Arguments: port, Cipher's URL, the file.
import fs from "node:fs/promises";
import http from "node:http";

const [port, cipher, file] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const messages = [];

function ask(route, text) {
  const body = JSON.stringify({ text, keyContext: "a-b" });
  return new Promise((resolve, reject) => {
    const request = http.request(cipher + route, {
      method: "POST", agent,
      headers: { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) },
    }, (response) => {
      let answer = "";
      response.on("data", (piece) => { answer += piece; });
      response.on("end", () => resolve(JSON.parse(answer).result));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function send(text) {
  messages.push({ content: await ask("/encrypt", text), timestamp: Date.now() });
  await fs.writeFile(file, JSON.stringify({ messages }, null, 2));
}

async function history() {
  const opened = [];
  for (const { content, timestamp } of messages) {
    opened.push({ content: await ask("/decrypt", content), timestamp });
  }
  return opened;
}

http.createServer(async (request, response) => {
  const answer = request.method === "POST" ? await send("x".repeat(40)) : await history();
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(answer ?? {}));
}).listen(Number(port), "127.0.0.1");
