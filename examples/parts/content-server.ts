// A content server as a process of its own: NAME HOST:PORT [sites].
import { ContentServer } from '../../src/cli/demo/content-server.ts';

const [name = 'A', port = '0', sites] = process.argv.slice(2);
const address = await new ContentServer(name, sites === 'sites').listen(Number(port));
process.stdout.write(`listening server http://${address}\nready\n`);
