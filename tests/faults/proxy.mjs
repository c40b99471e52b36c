// proxy.mjs -- the wire between klerod and MariaDB, in the hands of a test.
//
//   const wire = await proxy(listen, server);    two paths of unix sockets
//   await wire.arm({ user: 'klero_writer', at: 'commit', does: 'after' });
//                                                it has happened, once
//   await wire.close();
//
// It counts bytes, and follows the packets far enough to know who logs in and
// which packet says COMMIT. A fault waits for the next place that fits it:
//
// user   → whose connection
// at     → 'commit', 'login', or { up: N } or { down: N }: when so many bytes
//          of a connection have passed to the server, or from it, since the
//          fault was armed
// skip   → so many places are passed over first
// next   → a fault that is armed when this one has happened
//
// At a COMMIT, `does` is
//   'before'      cut before the server hears of it
//   'half'        cut in the middle of its packet
//   'sent'        sent on, and cut at once: the server may be faster or slower
//   'after'       the server has answered, nobody hears it, cut
//   'half_answer' cut in the middle of that answer
//   'silent'      sent on; nothing comes back, nothing is closed
//   'deaf'        not sent on; nothing comes back, nothing is closed
//   'stall'       the answer comes `stall_ms` late
//   'garbage'     the bytes of the answer from `byte` on are `bytes`
// At a number of bytes it is 'cut', 'silent' or 'stall': cut there, no byte
// more either way, or a pause.
//
// A connection that is silent or deaf stays open on the server's side when
// klerod has given it up, as one whose end got lost: until the server ends it.
//
// It is a thread of its own: a test may stand still while a program runs.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const HEADER = 4;
const COM_QUERY = 3;
const USER_AT = 32; // in the answer to the server's greeting
const COMMIT = 'COMMIT';

// The packets of one direction, each given whole.
class Packets {
  #rest = Buffer.alloc(0);

  take(chunk) {
    const packets = [];
    let bytes = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (bytes.length >= HEADER && bytes.length >= HEADER + bytes.readUIntLE(0, 3)) {
      const size = HEADER + bytes.readUIntLE(0, 3);
      packets.push(bytes.subarray(0, size));
      bytes = bytes.subarray(size);
    }
    this.#rest = bytes;
    return packets;
  }
}

const isCommit = (packet) => packet[3] === 0 && packet[HEADER] === COM_QUERY &&
  packet.toString('latin1', HEADER + 1) === COMMIT;

class Link {
  user = null;
  passed = { up: 0, down: 0 };
  #packets = new Packets();
  #answers = null;   // what becomes of what the server says, after a COMMIT
  #closed = false;
  #lost = false;     // nothing passes, and nothing is told

  constructor(wire, client, server) {
    Object.assign(this, { wire, client, server });
    client.on('data', (chunk) => this.#up(chunk));
    server.on('data', (chunk) => this.#down(chunk));
    client.on('close', () => this.#ended(server));
    server.on('close', () => this.#ended(client));
    for (const socket of [client, server])
      socket.on('error', () => {});
  }

  cut() {
    this.#closed = true;
    this.client.destroy();
    this.server.destroy();
    this.wire.links.delete(this);
  }

  // One end is closed: does the other hear of it?
  #ended(other) {
    if (!this.#lost || other.destroyed)
      this.cut();
  }

  #lose() {
    this.#lost = true;
  }

  #pass(way, bytes) {
    if (this.#closed || this.#lost)
      return;
    const socket = way === 'up' ? this.server : this.client;
    const fault = this.wire.crossed(this, way, bytes.length);
    if (!fault) {
      this.passed[way] += bytes.length;
      socket.write(bytes);
      return;
    }
    const room = Math.max(0, fault.until(this) - this.passed[way]);
    this.passed[way] += room;
    this.#at(fault, socket, bytes.subarray(0, room), bytes.subarray(room), way);
  }

  // Some bytes have gone, others have not.
  #at(fault, socket, gone, left, way) {
    if (fault.does === 'stall') {
      this.#stall(socket, gone, left, fault.stall_ms);
      this.passed[way] += left.length;
    } else if (fault.does === 'silent') {
      socket.write(gone);
      this.#lose();
    } else {
      this.#last(socket, gone);
    }
    this.wire.fire(fault);
  }

  // Bytes after which there are no more.
  #last(socket, bytes) {
    const other = socket === this.server ? this.client : this.server;
    this.#closed = true;
    if (bytes.length)
      socket.end(bytes);
    other.destroy();
    socket.end(() => this.cut());
  }

  #stall(socket, now, late, ms) {
    socket.write(now);
    const other = socket === this.server ? this.client : this.server;
    other.pause();
    setTimeout(() => {
      if (this.#closed)
        return;
      socket.write(late);
      other.resume();
    }, ms);
  }

  #up(chunk) {
    for (const packet of this.#packets.take(chunk)) {
      if (this.user === null && packet[3] === 1)
        this.#login(packet);
      const fault = isCommit(packet) && this.wire.reached(this, 'commit');
      if (fault)
        this.#commit(fault, packet);
      else
        this.#pass('up', packet);
    }
  }

  #login(packet) {
    const from = HEADER + USER_AT;
    this.user = packet.toString('latin1', from, packet.indexOf(0, from));
    const fault = this.wire.reached(this, 'login');
    if (fault)
      this.#at(fault, this.server, packet.subarray(0, 0), packet, 'up');
  }

  #commit(fault, packet) {
    const fire = () => this.wire.fire(fault);
    const middle = Math.ceil(packet.length / 2);
    const ways = {
      before: () => this.#last(this.server, Buffer.alloc(0)),
      half: () => this.#last(this.server, packet.subarray(0, middle)),
      sent: () => this.#last(this.server, packet),
      deaf: () => this.#lose(),
      silent: () => { this.server.write(packet); this.#lose(); },
    };
    if (ways[fault.does]) {
      ways[fault.does]();
      fire();
      return;
    }
    this.server.write(packet);
    this.#answers = (answer) => {
      this.#answers = null;
      const later = {
        after: () => this.cut(),
        half_answer: () => this.#last(this.client, answer.subarray(0, Math.ceil(answer.length / 2))),
        stall: () => this.#stall(this.client, Buffer.alloc(0), answer, fault.stall_ms),
        garbage: () => this.client.write(spoilt(answer, fault)),
      };
      later[fault.does]();
      fire();
    };
  }

  #down(chunk) {
    if (this.#answers)
      this.#answers(chunk);
    else
      this.#pass('down', chunk);
  }
}

function spoilt(answer, { byte, bytes }) {
  const copy = Buffer.from(answer);
  copy.set(bytes, byte);
  return copy;
}

// --- the thread -------------------------------------------------------------------

class Wire {
  links = new Set();
  #armed = [];

  constructor(server, tell) {
    this.tell = tell;
    this.listener = createServer((client) => {
      this.links.add(new Link(this, client, connect(server)));
    });
  }

  arm(id, fault) {
    const [way] = Object.keys(fault.at);
    const passed = new Map([...this.links].map((link) => [link, link.passed[way]]));
    const until = (link) => (passed.get(link) ?? 0) + fault.at[way];
    this.#armed.push({ skip: 0, ...fault, id, until });
  }

  // What has not happened, will not.
  disarm() {
    this.#armed = [];
  }

  #first(fits) {
    const fault = this.#armed.find(fits);
    if (!fault || fault.skip-- > 0)
      return null;
    this.#armed = this.#armed.filter((other) => other !== fault);
    return fault;
  }

  reached(link, place) {
    return this.#first((fault) => fault.user === link.user && fault.at === place);
  }

  // The fault of a place that the next `size` bytes would cross, or that was
  // passed before it was known whose connection it is.
  crossed(link, way, size) {
    const end = link.passed[way] + size;
    return this.#first((fault) => fault.user === link.user && fault.at[way] !== undefined && fault.until(link) < end);
  }

  fire({ id, next }) {
    this.tell({ fired: id });
    if (next)
      this.arm(next.id, next);
  }

  close() {
    for (const link of [...this.links])
      link.cut();
    this.listener.close();
  }
}

async function serve({ listen, server }) {
  const wire = new Wire(server, (what) => parentPort.postMessage(what));
  wire.listener.listen(listen);
  await once(wire.listener, 'listening');
  parentPort.on('message', ({ arm, id, disarm, close }) => {
    if (arm)
      wire.arm(id, arm);
    if (disarm || close)
      wire.disarm();
    if (close) {
      wire.close();
      parentPort.close();
    }
  });
  wire.tell({ listens: true });
}

if (!isMainThread)
  await serve(workerData);

// --- what a test holds --------------------------------------------------------------

export async function proxy(listen, server) {
  const thread = new Worker(new URL(import.meta.url), { workerData: { listen, server } });
  const waiting = new Map();
  let last = 0;
  await once(thread, 'message');
  thread.on('message', ({ fired }) => waiting.get(fired)?.());
  return {
    arm: (fault) => new Promise((resolve) => {
      const id = ++last;
      const next = fault.next && { ...fault.next, id: ++last };
      waiting.set(last, resolve); // when the last of them has happened
      thread.postMessage({ arm: { ...fault, next }, id });
    }),
    disarm: () => thread.postMessage({ disarm: true }),
    close: async () => {
      thread.postMessage({ close: true });
      await once(thread, 'exit');
    },
  };
}
