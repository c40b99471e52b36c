// nginx.mjs -- nginx with TLS in front of a klerod, by ops/nginx.conf.
//
// const proxy = await nginx(klerodUrl)   a certificate of its own for localhost
// proxy.raw(bytes) → what it answered on a bare TLS socket until it closed it
// proxy.log(), proxy.port
// await proxy.stop()
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { until } from './client.mjs';
import { root, scratch } from './installation.mjs';

const ANSWER_MS_MAX = 30_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await promisify(server.close.bind(server))();
  return port;
}

// The sample with our places in it; each must be there to be replaced.
function placed(text, places) {
  for (const [from, to] of places) {
    if (!text.includes(from))
      throw new Error(`ops/nginx.conf lacks ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

export async function nginx(url) {
  const home = scratch('nginx');
  const [key, certificate, errors] = ['key.pem', 'cert.pem', 'error.log'].map((name) => join(home, name));
  const [port, plainPort] = [await freePort(), await freePort()];
  mkdirSync(join(home, 'tmp'));
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${home}/tmp;`).join(' ');
  writeFileSync(join(home, 'nginx.conf'), placed(readFileSync(join(root, 'ops/nginx.conf'), 'utf8'), [
    ['user www-data;', 'daemon off; master_process off;'],
    ['worker_processes auto;', ''],
    ['/run/nginx.pid', join(home, 'pid')],
    ['/var/log/nginx/error.log', errors],
    ['access_log off;', `access_log off; ${temporary}`],
    ['listen 443', `listen 127.0.0.1:${port}`],
    ['listen 80', `listen 127.0.0.1:${plainPort}`],
    ['klero.example', 'localhost'],
    ['/etc/ssl/klero/fullchain.pem', certificate],
    ['/etc/ssl/klero/key.pem', key],
    ['127.0.0.1:8080', new URL(url).host],
    ['rate=50r/s', 'rate=100000r/s'], // all clients here are one address
  ]));
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '/usr/sbin/nginx', '-e', errors, '-c', join(home, 'nginx.conf')], { stdio: 'inherit' });
  const ended = once(child, 'exit');
  const log = () => { try { return readFileSync(errors, 'utf8'); } catch { return ''; } };

  function raw(bytes) {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: readFileSync(certificate), ALPNProtocols: ['http/1.1'] });
      let text = '';
      socket.setEncoding('latin1').setTimeout(ANSWER_MS_MAX, () => reject(new Error(`no end after ${text}`)));
      socket.on('error', (error) => { if (!socket.authorized) reject(error); });
      socket.on('data', (part) => { text += part; });
      socket.on('close', () => resolve(text));
      socket.write(bytes);
    });
  }

  await until(async () => {
    if (child.exitCode !== null)
      throw new Error(`nginx ended: ${log()}`);
    return await raw('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n').catch(() => '');
  }, 'nginx');
  return { port, plainPort, raw, log, stop: async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true });
  } };
}
