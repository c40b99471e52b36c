// fastify_insert.mjs SOCKET DATABASE USER -- the service somebody would write
// instead: fastify and npm mariadb, one row by one INSERT for each request,
// answered when it is committed. Prints its port.
//
// It asks for no token, checks nothing, keeps no log and signs nothing.
import { createHash, randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import mariadb from 'mariadb';

const CONNECTIONS = 32;

const [, , socketPath, database, user] = process.argv;
const pool = mariadb.createPool({ socketPath, database, user, connectionLimit: CONNECTIONS });
await pool.query(`CREATE TABLE IF NOT EXISTS plain_signup (
  id CHAR(36) NOT NULL PRIMARY KEY, notice VARCHAR(64) NOT NULL, account CHAR(64) NOT NULL,
  signed_at DATETIME(6) NOT NULL, UNIQUE KEY one_of_each (notice, account)) ENGINE = InnoDB`);

const server = Fastify();
const reply = { type: 'object', properties: {
  id: { type: 'string' }, notice: { type: 'string' }, signed_at: { type: 'string' } } };
server.post('/v1/notices/:id/signups', { schema: { response: { 201: reply } } }, async (request, answer) => {
  const id = randomUUID();
  const now = new Date();
  const account = createHash('sha256').update(request.headers.authorization).digest('hex');
  await pool.execute('INSERT INTO plain_signup VALUES (?, ?, ?, ?)', [id, request.params.id, account, now]);
  answer.code(201);
  return { id, notice: request.params.id, signed_at: now.toISOString() };
});
await server.listen({ port: 0, host: '127.0.0.1' });
console.log(server.server.address().port);
