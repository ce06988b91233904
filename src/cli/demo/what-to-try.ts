// What the demo says once it runs: the configuration, and commands that show what it does.
import type { Demo } from './start-demo.ts';

/** @param command how narrows is called here */
export function whatToTry({ url, adminUrl, servers, configFile, config }: Demo, command: string): string {
  const steps: [text: string, command: string][] = [
    ['The servers take turns:', `curl ${url}/`],
    ['With a cookie jar you stay with one of them:', `curl -c jar -b jar ${url}/`],
    ['One goes down; within a second nobody is sent to it any more:', `curl -X POST http://${servers[1]}/demo/down`],
    ['What the router knows of them:', `${command} status${adminOption(adminUrl)}`],
    ['It comes back:', `curl -X POST http://${servers[1]}/demo/up`],
    ['A rule of the configuration redirects:', `curl -i ${url}/old/page`],
    ['Why a request goes where it goes:', `${command} explain --url ${url}/old/page --admin ${adminUrl}`],
    ['Edit the configuration while it runs (a mistake is refused, and said here):', `$EDITOR ${configFile}`],
  ];
  return [
    `narrows routes ${url} to three servers: ${servers.join(', ')}; admin API ${adminUrl}`,
    '',
    `${configFile}:`,
    '',
    ...config
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `    ${line}`)),
    '',
    'Try, in another terminal:',
    '',
    ...steps.flatMap(([text, line]) => [`  ${text}`, `    ${line}`]),
    '',
    'Ctrl-C ends all of it.',
    '',
  ].join('\n');
}

function adminOption(url: string): string {
  return url === 'http://127.0.0.1:9400' ? '' : ` --admin ${url}`;
}
