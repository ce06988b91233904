// The fields of the W3C log for a connection of a virtual server: what it has of a request's, so that both stand under one #Fields.
// The method is TCP, the path names the listener, and the query has what has no field, as ARR's suffix has it (arr.md 4.5).
import type { ConnectionRecord } from '../../model/connection-record.ts';
import type { LogTime } from './log-time.ts';
import { w3cText } from './w3c-text.ts';

/** Reads one field; the text is ready to be written. */
export type ConnectionFieldReader = (record: ConnectionRecord, time: LogTime) => string;

const readers: Readonly<Record<string, ConnectionFieldReader>> = {
  date: ({ receivedAt }, time) => time.date(receivedAt),
  time: ({ receivedAt }, time) => time.time(receivedAt),
  's-ip': ({ localAddress }) => w3cText(localAddress),
  's-port': ({ localPort }) => String(localPort),
  'cs-method': () => 'TCP',
  'cs-uri-stem': ({ listener }) => w3cText(`/${listener}`),
  'cs-uri-query': (record) => suffix(record),
  'cs-host': ({ serverName }) => w3cText(serverName),
  'c-ip': ({ clientAddress }) => w3cText(clientAddress),
  'sc-bytes': ({ bytesOut }) => String(bytesOut),
  'cs-bytes': ({ bytesIn }) => String(bytesIn),
  'time-taken': ({ duration }) => String(Math.round(duration)),
};

/** A dash for what a connection has not. @param field as of a request */
export function connectionFieldReader(field: string): ConnectionFieldReader {
  return Object.hasOwn(readers, field) ? readers[field]! : () => '-';
}

function suffix({ serverAddress, id, end }: ConnectionRecord): string {
  const server = serverAddress === null ? '' : `SERVER-ROUTED=${w3cText(serverAddress)}&`;
  return `${server}X-ARR-LOG-ID=${id}&CONNECTION-END=${end}`;
}
