// Who may see what, event by event, after the committed events that let people in and take them out.

/**
 * For each person and stream the intervals of rev in which the stream was his: from the event that
 * let him in to the one that took him out, both included; `to` is Infinity while it lasts. `asked`
 * is when the run asked for it.
 */
export class Access {
	#spans = new Map();
	#all;

	constructor(all) {
		this.#all = all;
		for (const b of all.base) this.#of(b.u, b.stream).push({ from: b.rev, to: Infinity, asked: -Infinity });
		for (const [stream, list] of all.events)
			if (!stream.startsWith('user:')) for (const e of list) this.#apply(stream, e);
		for (const [stream, list] of all.events)
			if (stream.startsWith('server:')) for (const e of list) if (e.access === 2) this.#below(stream, e);
		this.#date();
	}

	#of(u, stream) {
		const key = `${u} ${stream}`;
		let spans = this.#spans.get(key);
		if (!spans) this.#spans.set(key, (spans = []));
		return spans;
	}

	#apply(stream, e) {
		if (e.subject === '0' || (e.access !== 1 && e.access !== 2)) return;
		const spans = this.#of(e.subject, stream);
		const open = spans.find((s) => s.to === Infinity);
		// In again without having gone out: he had lost the whole server meanwhile.
		if (open) open.to = e.access === 2 ? e.rev : e.rev - 1;
		if (e.access === 1) spans.push({ from: e.rev, to: Infinity, asked: -Infinity });
	}

	/** Who loses a server loses what was shared with him below it, without an event for each. */
	#below(server, e) {
		for (const [stream, ch] of this.#all.channels) {
			if (`server:${ch.server}` !== server || !ch.private) continue;
			let last = 0;
			for (const x of this.#all.events.get(stream) ?? []) if (x.parent_rev < e.rev) last = x.rev;
			const held = this.#of(e.subject, stream).find((s) => s.from <= last && s.to > last);
			if (held) held.to = last;
		}
	}

	/** The n-th time he came in is the n-th time the run asked for it. */
	#date() {
		const asked = new Map();
		for (const j of this.#all.joins) {
			const key = `${j.u} ${j.stream}`;
			if (!asked.has(key)) asked.set(key, []);
			asked.get(key).push(j.t);
		}
		for (const [key, times] of asked) {
			const spans = (this.#spans.get(key) ?? []).filter((s) => s.from > 0);
			spans.forEach((s, i) => {
				s.asked = times[i + times.length - spans.length] ?? -Infinity;
			});
		}
	}

	/** In an interval of his; or, with `at`, before one that had been asked for by then. */
	#holds(u, stream, rev, at, strictly) {
		return this.#of(u, stream).some((s) =>
			s.from <= rev ? (strictly ? s.to > rev : s.to >= rev) : at !== null && s.asked <= at);
	}

	/**
	 * May u read this event: it is in an interval of his, and so is what it was committed under. With
	 * `at` (a time) also what an interval that he had been let into by then lets him read back.
	 */
	mayRead(u, stream, rev, at = null) {
		if (stream.startsWith('user:')) return stream === `user:${u}`;
		const ch = this.#all.channels.get(stream);
		if (!ch || !ch.server) return this.#holds(u, stream, rev, at, false);
		if (ch.private && !this.#holds(u, stream, rev, at, false)) return false;
		const e = this.#all.events.get(stream)?.[rev - 1];
		// Committed under the very event that took him out: not his.
		return Boolean(e) && this.#holds(u, `server:${ch.server}`, e.parent_rev, at, true);
	}

	/**
	 * Were both events his within one stay? What he may see is read anew when the daemon gets to it, so
	 * that the last events of a stay which has ended meanwhile may be left out, but none in between.
	 */
	unbroken(u, stream, rev, later) {
		const ch = this.#all.channels.get(stream);
		const inChannel = stream.startsWith('user:') || (ch?.server && !ch.private) || this.#of(u, stream).some((s) => s.from <= rev && s.to >= later);
		if (!ch?.server) return inChannel;
		const events = this.#all.events.get(stream);
		const [from, to] = [events?.[rev - 1]?.parent_rev, events?.[later - 1]?.parent_rev];
		return inChannel && this.#of(u, `server:${ch.server}`).some((s) => s.from <= from && s.to > to);
	}

	/** Does the interval that lets him read this last to the end? */
	lasts(u, stream, rev) {
		if (stream.startsWith('user:')) return true;
		const ch = this.#all.channels.get(stream);
		const open = (s, r) => this.#of(u, s).some((x) => x.from <= r && x.to === Infinity);
		if (!ch || !ch.server) return open(stream, rev);
		if (ch.private && !open(stream, rev)) return false;
		const e = this.#all.events.get(stream)?.[rev - 1];
		return Boolean(e) && open(`server:${ch.server}`, e.parent_rev);
	}
}
