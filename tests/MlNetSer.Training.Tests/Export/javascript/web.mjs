// node web.mjs CASE_FOLDER CHROMIUM: runs onnxruntime-web in headless Chromium and writes CASE_FOLDER/web.json.
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

// A backstop: a starved machine needs a minute for what takes seconds otherwise.
const patience = 240_000;
const [folder, chromium] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const roots = {
  '/': here,
  '/runtime/': join(here, 'node_modules/onnxruntime-web/dist'),
  '/case/': folder,
};
const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

async function respond(request, response) {
  const name = basename(request.url);
  const root = roots[request.url.slice(0, -name.length)];
  const file = root && await readFile(join(root, name)).catch(() => undefined);
  if (file) response.setHeader('Content-Type', types[extname(name)] ?? 'application/octet-stream');
  else response.statusCode = 404;
  response.end(file);
}

async function serve() {
  let settle;
  const results = new Promise((resolve, reject) => settle = { resolve, reject });
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return respond(request, response);
    const body = await text(request);
    response.end();
    if (request.url === '/results') settle.resolve(body);
    else settle.reject(new Error(`The page failed: ${body}`));
  });
  await new Promise(listening => server.listen(0, '127.0.0.1', listening));
  return { server, results };
}

function open(url, profile) {
  const browser = spawn(chromium, [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update', '--disable-extensions', '--disable-breakpad',
    // Nothing but the server here can be reached, so nothing can come from a CDN.
    '--no-proxy-server', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    `--user-data-dir=${profile}`, url,
  ], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  browser.stderr.pipe(process.stderr);
  // Closed only when the last of its processes has let go of the pipe.
  const closed = new Promise(resolve => browser.on('close', resolve));
  const failed = new Promise((_, reject) => {
    browser.on('error', reject);
    browser.on('exit', code => reject(new Error(`Chromium ended by itself with ${code}.`)));
  });
  const close = async () => {
    try {
      process.kill(-browser.pid, 'SIGKILL');
    } catch {
      // None of its processes is left.
    }
    await closed;
  };
  return { failed, close };
}

const profile = join(folder, 'profile');
const { server, results } = await serve();
const browser = open(`http://127.0.0.1:${server.address().port}/page.html`, profile);
let timer;
const late = new Promise((_, reject) => {
  timer = setTimeout(() => reject(new Error(`The page gave no results in ${patience} ms.`)), patience);
});
try {
  await writeFile(join(folder, 'web.json'), await Promise.race([results, browser.failed, late]));
} finally {
  clearTimeout(timer);
  browser.failed.catch(() => {});
  await browser.close();
  server.closeAllConnections();
  server.close();
  await rm(profile, { recursive: true, force: true });
}
