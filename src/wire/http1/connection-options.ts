// The options of the Connection fields of one head (RFC 9110 7.6.1), sorted into those that the engine acts upon and
// the names of fields that stay on this connection.
import { listMembers } from './list-members.ts';
import { isFieldName } from './serialise.ts';

export class ConnectionOptions {
  close = false;
  keepAlive = false;
  upgrade = false;
  /** Something that is no token stood in the list: what the sender meant is not known. */
  malformed = false;
  /** The other options in lower case, without te; null for none. */
  names: string[] | null = null;

  clear(): void {
    this.close = false;
    this.keepAlive = false;
    this.upgrade = false;
    this.malformed = false;
    this.names = null;
  }

  /** Takes in a list of options. */
  add(value: string): void {
    if (value === 'close') this.close = true;
    else if (value === 'keep-alive') this.keepAlive = true;
    else for (const option of listMembers(value)) this.#addOption(option);
  }

  #addOption(option: string): void {
    if (option === '' || option === 'te') return;
    if (option === 'close') this.close = true;
    else if (option === 'keep-alive') this.keepAlive = true;
    else if (option === 'upgrade') this.upgrade = true;
    else if (!isFieldName(option)) this.malformed = true;
    else if (this.names === null) this.names = [option];
    else this.names.push(option);
  }
}
