// fastify_page.mjs SOCKET DATABASE USER STATEMENT -- the page somebody would
// serve instead: fastify with a schema, npm mariadb, the same statement
// prepared, the same members. Prints its port; ends on SIGTERM.
//
// It keeps no page, tags none, and checks of a request its limit alone.
import Fastify from 'fastify';
import mariadb from 'mariadb';

const CONNECTIONS = 8;

const [, , socketPath, database, user, statement] = process.argv;
const pool = mariadb.createPool({ socketPath, database, user, connectionLimit: CONNECTIONS,
  bigIntAsNumber: true, prepareCacheLength: 16 });
const text = { type: 'string' };
const item = { type: 'object', properties: { id: text, state: text, seq: { type: 'integer' },
  event_index: { type: 'integer' }, name: text, affiliation_group: { type: ['string', 'null'] } } };
const reply = { type: 'object', properties: {
  items: { type: 'array', items: item }, next_cursor: { type: ['string', 'null'] } } };
const query = { type: 'object', properties: { limit: { type: 'integer', minimum: 1, maximum: 200 }, cursor: text } };

const server = Fastify();
server.get('/v1/institutions', { schema: { querystring: query, response: { 200: reply } } }, async (request) => {
  const { limit = 50, cursor = '' } = request.query;
  const after = Buffer.from(cursor.slice(16), 'hex').toString(); // as klerod's: a tag, and the last id
  const rows = await pool.execute(statement, [after, limit + 1]);
  const items = rows.slice(0, limit);
  return { items, next_cursor: rows.length > limit
    ? cursor.slice(0, 16) + Buffer.from(items[limit - 1].id).toString('hex') : null };
});
await server.listen({ port: 0, host: '127.0.0.1' });
console.log(server.server.address().port);
