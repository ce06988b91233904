// A listener as written: what all have, and what only virtual servers have (CONTRACT 2).
import { virtualServerShape } from '../../l4/schema.ts';
import { listenerSchema as commonSchema } from '../../proxy/listener/schema.ts';

/** `listeners.NAME`. */
export const listenerSchema = commonSchema
  .extend(virtualServerShape)
  .meta({ description: 'An address that the router listens on.' });
