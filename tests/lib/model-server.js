// A server of models, as the page connects one.
import http from 'node:http';
import { startDouble } from './model-double.js';

// The double of the chat completions API, with a list of models in front of
// it, and what each request brought as its key.
export async function startModelServer() {
  const double = await startDouble();
  const seen = [];
  const front = http.createServer((req, res) => {
    seen.push({ path: req.url, key: req.headers.authorization });
    if (req.url.endsWith('/models')) {
      if (double.refuse) {
        res.writeHead(401);
        res.end('{}');
        return;
      }
      res.writeHead(200, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify({ data: [{ id: 'small' }, { id: 'large' }] }));
      return;
    }
    const to = http.request(
      new URL(req.url, double.url),
      { method: req.method, headers: req.headers },
      (from) => {
        res.writeHead(from.statusCode, from.headers);
        from.pipe(res);
      },
    );
    req.pipe(to);
  });
  await new Promise((resolve) => {
    front.listen(0, '127.0.0.1', resolve);
  });
  return {
    double,
    seen,
    url: `http://127.0.0.1:${front.address().port}/v1`,
    stop: async () => {
      front.closeAllConnections();
      front.close();
      await double.stop();
    },
  };
}
