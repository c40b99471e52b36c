// /v1/openapi.json: well formed, complete, and true of what is answered.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { call, must, people } from './client.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

let document;
before(async () => {
  document = must(await call('GET', '/v1/openapi.json'), 200);
});

const operations = () => Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })));

function resolve(ref) {
  assert.match(ref, /^#\/components\/[a-zA-Z]+\/[A-Za-z0-9._-]+$/);
  return ref.slice(2).split('/').reduce((at, key) => at?.[key], document);
}

// Every object of the document, wherever it stands.
function* everything(at = document) {
  if (at === null || typeof at !== 'object')
    return;
  yield at;
  for (const value of Object.values(at))
    yield* everything(value);
}

// Does `value` fit `schema`? As much of JSON Schema as the document uses.
function misfit(schema, value, where = '') {
  if (schema.$ref)
    return misfit(resolve(schema.$ref), value, where);
  if (schema.anyOf)
    return schema.anyOf.every((one) => misfit(one, value, where)) ? `${where}: none of anyOf` : null;
  const is = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  if (schema.type && ![schema.type].flat().includes(is))
    return `${where}: ${is} is not ${schema.type}`;
  if (schema.enum && !schema.enum.includes(value))
    return `${where}: ${value}`;
  if (is === 'string') {
    const size = [...value].length;
    if (size < (schema.minLength ?? 0) || size > (schema.maxLength ?? Infinity))
      return `${where}: ${size} characters`;
    if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value))
      return `${where}: not ${schema.pattern}`;
    if (schema.format === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value))
      return `${where}: no time`;
  }
  if (is === 'integer' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)))
    return `${where}: ${value}`;
  if (is === 'object') {
    const missing = (schema.required ?? []).find((name) => !(name in value));
    if (missing)
      return `${where}/${missing} is missing`;
    for (const [name, member] of Object.entries(value)) {
      const of = schema.properties?.[name];
      if (!of && schema.additionalProperties === false)
        return `${where}/${name} is unknown`;
      const wrong = of && misfit(of, member, `${where}/${name}`);
      if (wrong)
        return wrong;
    }
  }
  if (is === 'array' && schema.items)
    for (const [index, item] of value.entries()) {
      const wrong = misfit(schema.items, item, `${where}/${index}`);
      if (wrong)
        return wrong;
    }
  return null;
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and says what it is', () => {
    assert.equal(document.openapi, '3.1.0');
    const { title, version, license } = document.info;
    assert.ok(title && version && license.name && license.identifier);
    assert.ok(document.servers[0].url);
    assert.deepEqual(Object.keys(document).sort(), ['components', 'info', 'openapi', 'paths', 'servers']);
  });

  test('has every route of the index', async () => {
    const { routes } = must(await call('GET', '/v1'), 200);
    const listed = routes.map(({ method, path }) => `${method.toLowerCase()} ${path.replace('*', '')}`).sort();
    assert.deepEqual(operations().map(({ method, path }) => `${method} ${path}`).sort(), listed);
  });

  test('names each operation once, with summary, tag and responses', () => {
    const ids = operations().map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const { operationId, method, summary, tags, responses } of operations()) {
      assert.match(operationId, /^[a-z0-9_]+$/);
      assert.ok(METHODS.includes(method) && summary && tags.length === 1, operationId);
      assert.ok(Object.keys(responses).some((status) => status.startsWith('2')), operationId);
      for (const status of ['4XX', '5XX'])
        assert.ok('application/problem+json' in resolve(responses[status].$ref).content, operationId);
    }
  });

  test('declares what is in the path, and nothing else as such', () => {
    for (const { path, parameters, operationId } of operations()) {
      const all = parameters.map((parameter) => parameter.$ref ? resolve(parameter.$ref) : parameter);
      const wanted = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
      assert.deepEqual(all.filter((one) => one.in === 'path').map(({ name }) => name), wanted, operationId);
      for (const one of all)
        assert.ok(one.schema && (one.in !== 'path' || one.required), operationId);
      assert.equal(new Set(all.map((one) => `${one.in} ${one.name}`)).size, all.length, operationId);
    }
  });

  test('has no path twice, whatever its parameters are called', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replace(/\{[^}]+\}/g, '{}'));
    assert.equal(new Set(shapes).size, shapes.length);
  });

  test('refers to nothing that is not there, and has nothing to spare', () => {
    const used = new Set();
    for (const { $ref } of everything())
      if ($ref !== undefined) {
        assert.ok(resolve($ref), $ref);
        used.add($ref);
      }
    for (const [section, members] of Object.entries(document.components))
      if (section !== 'securitySchemes')
        for (const name of Object.keys(members))
          assert.ok(used.has(`#/components/${section}/${name}`), `${section}/${name} is not used`);
  });

  test('bounds make sense, patterns are ones', () => {
    for (const { minimum, maximum, minLength, maxLength, pattern, required, properties } of everything()) {
      assert.ok(!(Number(minimum) > Number(maximum)) && !(Number(minLength) > Number(maxLength)));
      if (typeof pattern === 'string')
        new RegExp(pattern, 'u');
      if (Array.isArray(required) && properties)
        for (const name of required)
          assert.ok(name in properties, name);
    }
  });

  test('has no member that is secret', () => {
    assert.ok(!JSON.stringify(document.components.schemas.Account.properties).includes('key_hash'));
  });

  test('asks for a key where the service does', async () => {
    for (const { path, method, security, operationId, requestBody } of operations()) {
      if (method === 'get' && !security.length)
        continue;
      const [type] = Object.keys(requestBody?.content ?? {});
      const reply = await call(method.toUpperCase(), path.replace(/\{[^}]*\}/g, 'x'),
        type ? { body: '{}', headers: { 'content-type': type } } : {});
      assert.equal(reply.status === 401, security.length > 0, operationId);
    }
  });

  test('names what a GET may be asked, and nothing that it may not', async () => {
    const queries = (path) => document.paths[path].get.parameters.map((one) => one.$ref ? resolve(one.$ref) : one)
      .filter((one) => one.in === 'query').map(({ name, required }) => name + (required ? '!' : '')).sort();
    const wanted = {
      '/v1/events': ['after', 'format', 'kind', 'limit', 'subject'], '/v1/log/proof': ['index!'],
      '/v1/log/consistency': ['new', 'old!'], '/readyz': ['writer'], '/v1/notices': ['category', 'cursor', 'format', 'limit', 'owner', 'state'],
      '/v1/notices/{id}/entrants': ['cursor', 'format', 'limit'], '/v1/draws/{id}/objections': ['cursor', 'format', 'limit'],
      '/v1/signups': ['cursor', 'format', 'limit'], '/v1/draws/{id}/replacements/next': ['approvals', 'evidence', 'out!', 'reason!'],
      '/v1': [], '/log/checkpoint': [],
    };
    for (const [path, names] of Object.entries(wanted))
      assert.deepEqual(queries(path), names, path);
    // A public list takes each of its filters.
    for (const { path, method, parameters, security } of operations())
      for (const { in: where, name, description } of method === 'get' && !security.length && !path.includes('{') ? parameters : [])
        if (where === 'query' && description === 'only those of this one')
          must(await call('GET', `${path}?${name}=x`), 200);
  });

  test('names how each route may be refused', async () => {
    const key = '0'.repeat(64);
    for (const { path, method, responses, operationId } of operations()) {
      const send = (options) => call(method.toUpperCase(), path.replace(/\{[^}]*\}/g, 'x'), { key, ...options });
      for (const [status, { $ref }] of Object.entries(responses))
        if (/^[45]\d\d$/.test(status))
          assert.ok($ref.startsWith('#/components/responses/'), operationId);
      if (method === 'get') {
        assert.ok('400' in responses && '422' in responses && !('428' in responses), operationId);
        continue;
      }
      const [type] = Object.keys(document.paths[path][method].requestBody?.content ?? {});
      const body = type ? '{}' : undefined;
      assert.equal('415' in responses, (await send({ body: '{}', headers: { 'content-type': 'text/plain' } })).status === 415, operationId);
      assert.equal('428' in responses, (await send({ body, idempotency: null, headers: type ? { 'content-type': type } : {} })).status === 428, operationId);
    }
  });

  test('is true of every public list, and of a refusal', async () => {
    await people();
    let lists = 0;
    for (const { path, method, security, responses, operationId } of operations()) {
      if (method !== 'get' || security.length || path.includes('{') || !responses['200']?.content['application/json'])
        continue;
      const reply = must(await call('GET', path), 200);
      assert.equal(misfit(responses['200'].content['application/json'].schema, reply), null, operationId);
      lists++;
    }
    assert.ok(lists > 3);
    const refusal = await call('POST', '/v1/proposals', { body: {}, key: (await people()).operator });
    assert.equal(misfit(document.components.schemas.Problem, refusal.body), null);
  });
});
