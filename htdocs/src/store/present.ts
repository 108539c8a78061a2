/* Who is there: between the screen, the connection of this browser and its other tabs. */
import { create } from 'zustand';
import * as api from '../api/core';
import type { Me } from '../api/schema';
import { randomId } from '../lib/local';
import type { Connection } from '../stream/connection';
import type { TabMessage } from '../stream/tabs';
import { Activity } from './activity';
import { apply, chat, useChat } from './store';
import { Watching } from './watching';

let connection: Connection | null = null;
const tab = randomId();

export const usePresent = create<{ idle: boolean }>(() => ({ idle: false }));

const link = {
	leads: () => connection?.leads() === true,
	rung: () => connection?.rung ?? 'poll',
	say: (frame: object) => connection?.say(frame) === true,
	now: Date.now,
};

export const watching = new Watching({
	...link,
	share: (ids) => connection?.send({ t: 'watching', tab, ids }),
	put: api.putWatch,
	ask: async (ids) => {
		const { items } = await api.presence(ids);
		const action = { kind: 'presence' as const, items };
		apply(action);
		connection?.send({ t: 'action', action });
	},
});

const activity = new Activity({
	...link,
	share: () => connection?.send({ t: 'input' }),
	putIdle: () => api.putPresence('idle'),
	renew: () => connection?.renew(),
	changed: (idle) => usePresent.setState({ idle }),
});

/** On the stream; false when it has to be told by a request. */
export const say = link.say;

/** Null when nobody is signed in. */
export function presentOn(c: Connection | null): void {
	connection = c;
}

export function greeted(): void {
	watching.greeted();
	activity.greeted();
}

export function heard(m: TabMessage): void {
	if (m.t === 'watching') watching.heard(m.tab, m.ids);
	else if (m.t === 'input') activity.heard();
}

/** Chosen by hand, for all my devices. */
export async function choose(status: Me['status']): Promise<void> {
	await api.putPresence(status);
	const { me } = chat();
	if (me) apply({ kind: 'me', me: { ...me, status } });
}

useChat.subscribe((s, before) => {
	if (s.me && before.me?.show_last_seen !== s.me.show_last_seen) watching.anew();
});

let pointer = '';
for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'focus']) {
	const note = (e: Event) => {
		// What the page itself puts the focus on, and a page that moves under a pointer at rest, is
		// nobody's doing.
		if (name === 'focus' && e.target !== window) return;
		if (name === 'pointermove') {
			const { screenX, screenY } = e as PointerEvent;
			const at = `${screenX},${screenY}`;
			if (at === pointer) return;
			pointer = at;
		}
		activity.input();
	};
	window.addEventListener(name, note, { passive: true, capture: true });
}
window.addEventListener('pagehide', () => connection?.send({ t: 'watching', tab, ids: [] }));
