/*
 * Moot's client. How it is made:
 *
 *   api/       the HTTP contract: one fetch wrapper (http.ts: cookies, one refresh for the browser,
 *              typed errors), one function a route (endpoints.ts), and the only place where wire
 *              types live (schema.ts, validated at the edge)
 *   stream/    the live connection: transports (WebSocket, SSE, long poll, /sync), the ladder that
 *              keeps one of them alive, its policy as pure functions, one connection for all tabs
 *   store/     the normalised picture (types.ts) and the one pure way into it (merge.ts, events.ts);
 *              around it what may do I/O: session.ts (bootstrap, healing), history.ts (pages),
 *              outbox.ts + sending.ts (own messages, edits, read marks), present.ts (who is watched, and
 *              whether somebody is here)
 *   features/  screens. They read the store, call store/ and api/, and know ui/; of other features
 *              they import what those offer (opening a conversation, copying), never their insides
 *   ui/        primitives over Radix: button, dialog, menu, field, tip, toast, states
 *   lib/       what knows neither: base address, texts, keys, time, markdown, theme
 *   locales/   every text under an explicit id, those of lazy chunks in later/; scripts/catalogue.mjs
 *              compares used and present
 *
 * The way of a message: composer → outbox (IndexedDB, nonce) → optimistic row → POST → the same
 * row becomes the message, by the answer or by the event, whichever is first. The way of everything
 * else: stream → wire.ts → merge → selectors → rows. Server state lives in the store only; TanStack
 * Query holds what is asked for one screen (members, sessions, tokens, invites).
 *
 * Adding a feature that has events: its shapes into api/schema.ts, its reducers into
 * store/events.ts, its routes into api/endpoints.ts, its screen under features/ as a lazy chunk,
 * its dialogs into features/shell/dialogs.tsx, its keys into lib/keys.ts, its texts into locales/.
 *
 * Rules that hold everywhere: no HTML text is ever made or parsed (Trusted Types are enforced), no
 * request leaves the origin, every address comes from lib/base.ts, nothing is fetched by a
 * component itself, and no more than 300 message rows are in the document.
 */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { loadMarkdown } from './lib/markdown';
// Follows the system's theme from the start.
import './lib/theme';
import { start } from './store/session';
import './styles.css';

void loadMarkdown();
void start();

const root = document.getElementById('root');
if (root) {
	createRoot(root).render(
		<StrictMode>
			<App />
		</StrictMode>,
	);
}
