// Shared by the doubles that answer JSON: a server on a free port of loopback
// that records each request in double.journal, sets double.url, and lets
// answer(req, res, text) reply.
import http from 'node:http';

export async function serve(double, answer) {
  const server = http.createServer((req, res) => {
    let text = '';
    req.setEncoding('utf8');
    req.on('data', (d) => {
      text += d;
    });
    req.on('end', () => {
      double.journal.push({
        method: req.method,
        path: req.url,
        headers: req.headers,
        body: text ? JSON.parse(text) : null,
      });
      answer(req, res, text);
    });
  });
  server.unref();
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  double.url = `http://127.0.0.1:${server.address().port}`;
  return server;
}
