// liar.mjs -- a service between a party and the true one, which may lie.
//
//   const liar = await lie(target);       target() is the true URL
//   liar.url                              where it listens
//   liar.text = (path, bytes) => bytes    what it makes of each answer to GET
//   liar.answer = (request) => null       or { status, body }: its own answer
//   liar.heard = (request) => {}          when the true answer is there, before
//                                         it is passed on
//   liar.posts                            { path, body } of each POST it passed
//   await liar.close()
//
// rewrite(bytes, change): the items of an events page changed by `change`.
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';

async function ask(url, { method, headers }, body) {
  const { host, connection, ...rest } = headers;
  const asked = request(url, { method, agent: new Agent({ keepAlive: false }),
    headers: { ...rest, 'accept-encoding': 'identity', ...method === 'POST' && { 'content-length': body.length } } });
  asked.end(body);
  const [reply] = await once(asked, 'response');
  const parts = [];
  for await (const part of reply)
    parts.push(part);
  return { status: reply.statusCode, headers: reply.headers, bytes: Buffer.concat(parts) };
}

export async function lie(target) {
  const liar = { text: (path, bytes) => bytes, answer: () => null, heard: () => {}, posts: [] };
  async function serve(incoming, outgoing) {
    const parts = [];
    for await (const part of incoming)
      parts.push(part);
    const heard = { method: incoming.method, path: incoming.url, body: Buffer.concat(parts).toString() };
    const own = liar.answer(heard);
    if (own) {
      outgoing.writeHead(own.status, own.headers ?? { 'content-type': 'application/problem+json' });
      outgoing.end(own.body ?? '');
      return;
    }
    const { status, headers, bytes } = await ask(`${target()}${incoming.url}`, incoming, Buffer.concat(parts));
    if (heard.method === 'POST')
      liar.posts.push(heard);
    if (liar.heard(heard) === false)
      return outgoing.destroy();
    const text = status === 200 || status === 201 ? liar.text(heard.path, bytes) : bytes;
    outgoing.writeHead(status, { 'content-type': headers['content-type'] ?? 'text/plain', 'content-length': text.length });
    outgoing.end(text);
  }
  const server = createServer((incoming, outgoing) => serve(incoming, outgoing).catch(() => outgoing.destroy()));
  server.listen(0, '127.0.0.1').unref(); // a test that failed ends all the same
  await once(server, 'listening');
  liar.url = `http://127.0.0.1:${server.address().port}`;
  liar.close = () => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  return liar;
}

export function rewrite(bytes, change) {
  const page = JSON.parse(bytes);
  page.items = change(page.items);
  return Buffer.from(JSON.stringify(page));
}
