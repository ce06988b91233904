// Loaded into Narrows by NODE_OPTIONS=--import for the memory rows alone: a message from the bench makes every thread
// collect its garbage. The product itself knows nothing of it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const channel = new BroadcastChannel('narrows-bench-collect');
// Not `collect` itself: it would take the event for its options.
channel.onmessage = () => collect();
channel.unref();

if (isMainThread) {
  process.on('message', () => {
    collect();
    channel.postMessage('collect');
  });
  process.channel?.unref();
}
