// slow_wire.mjs -- between klerod and its database, where an answer may be late.
//
//   const wire = await slowWire(path, server);      two unix sockets
//   const hold = wire.hold('klero_reader', 'SELECT');
//   await hold.held;        the answer to the next statement of that account
//   hold.release();         with that text in it is kept back, until now
//   wire.close();
import { connect, createServer } from 'node:net';

export async function slowWire(path, server) {
  let next = null;
  const listener = createServer((client) => {
    const database = connect(server);
    let login = null, mine = null;
    client.on('data', (chunk) => {
      login ??= chunk; // names the account
      if (next && login.includes(next.account) && chunk.includes(next.text)) {
        mine = next;
        next = null;
      }
      database.write(chunk);
    });
    database.on('data', async (chunk) => {
      const hold = mine;
      mine = null;
      if (hold) {
        database.pause();
        hold.tell();
        await hold.released;
        database.resume();
      }
      client.write(chunk);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
    for (const socket of [client, database])
      socket.on('error', () => {});
  });
  await new Promise((done) => listener.listen(path, done));
  const hold = (account, text) => {
    const one = { account, text };
    one.held = new Promise((done) => { one.tell = done; });
    one.released = new Promise((done) => { one.release = done; });
    next = one;
    return one;
  };
  return { hold, close: () => listener.close() };
}
