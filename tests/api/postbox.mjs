// What the instance sends by mail, from the beginning of the run: undefined when it sends none.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONF, hasCgi } from './lib.mjs';
import { start } from '../support/mail.mjs';

export const postbox = hasCgi() ? start(readFileSync(CONF, 'utf8'), mkdtempSync(join(tmpdir(), 'moot-mail.'))) : Promise.resolve(undefined);
await postbox;
