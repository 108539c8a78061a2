// The rules of docs/events.md, "Applying an event", as a program: a state of what REST answers, and
// an event that changes it.

const without = (list, gone) => list.filter((x) => !gone(x));
const put = (list, item, same) => (list.some(same) ? list.map((x) => (same(x) ? item : x)) : [...list, item]);
const byId = (item) => (x) => x.id === item.id;
const byUser = (id) => (x) => x.user.id === id;

/** A picture by REST: bootstrap, and for each channel and server named the messages and members. */
export async function picture(who, { channels = [], servers = [], reports = [] } = {}) {
	const boot = await who.must(200, 'GET', '/bootstrap');
	const state = { me: boot.me, servers: boot.servers, dms: boot.dms, read_states: boot.read_states, blocks: boot.blocks, messages: {}, members: {}, receipts: {}, reports: {}, cursor: boot.stream.cursor };
	for (const id of channels) {
		const answer = await who.call('GET', `/channels/${id}/messages?limit=100`);
		if (answer.status === 200) state.messages[id] = answer.body.items;
		const others = await who.call('GET', `/channels/${id}/receipts`);
		if (others.status === 200) state.receipts[id] = others.body.items;
	}
	for (const id of servers) {
		const answer = await who.call('GET', `/servers/${id}/members?limit=100`);
		if (answer.status === 200) state.members[id] = answer.body.items;
	}
	for (const id of reports) state.reports[id] = (await who.must(200, 'GET', `/servers/${id}/reports`)).items;
	return state;
}

const channelOf = (s, id) => [...s.servers.flatMap((x) => x.channels), ...s.dms].find((c) => c.id === id);

function setChannel(s, channel) {
	const home = s.servers.find((x) => x.id === channel.server_id);
	if (home) home.channels = put(home.channels, channel, byId(channel));
	if (home && !s.read_states.some((r) => r.channel_id === channel.id))
		s.read_states.push({ channel_id: channel.id, read_seq: 0, mention_count: 0 });
}

function dropChannel(s, id) {
	for (const server of s.servers) server.channels = without(server.channels, (c) => c.id === id);
	s.dms = without(s.dms, (c) => c.id === id);
	s.read_states = without(s.read_states, (r) => r.channel_id === id);
	delete s.messages[id];
	delete s.receipts[id];
}

function dropServer(s, id) {
	for (const c of s.servers.find((x) => x.id === id)?.channels ?? []) dropChannel(s, c.id);
	s.servers = without(s.servers, (x) => x.id === id);
	delete s.members[id];
}

function setMessage(s, m) {
	if (s.messages[m.channel_id]) s.messages[m.channel_id] = put(s.messages[m.channel_id], m, byId(m));
}

/** Nothing goes back; who is not in the list yet has done nothing so far, or hides it. */
function raiseReceipt(s, channel, user, read = 0, delivered = 0) {
	if (!s.receipts[channel] || user === s.me.id) return;
	const old = s.receipts[channel].find((r) => r.user_id === user) ?? { read_seq: 0, delivered_seq: 0 };
	const to = { user_id: user, read_seq: Math.max(old.read_seq, read), delivered_seq: Math.max(old.delivered_seq, read, delivered) };
	s.receipts[channel] = put(s.receipts[channel], to, (r) => r.user_id === user);
}

function newMessage(s, m) {
	raiseReceipt(s, m.channel_id, m.author.id, m.seq);
	const channel = channelOf(s, m.channel_id);
	const read = s.read_states.find((r) => r.channel_id === m.channel_id);
	setMessage(s, m);
	if (channel) Object.assign(channel, { last_seq: m.seq, last_message_at: m.created_at });
	if (m.author.id === s.me.id && read) read.read_seq = Math.max(read.read_seq, m.seq);
	else if (read && m.mentions.includes(s.me.id) && !s.blocks.includes(m.author.id)) read.mention_count++;
}

/** A mention that came or went with an edit or a deletion, of a message I have not read. */
function countMention(s, m) {
	const old = s.messages[m.channel_id]?.find(byId(m));
	const read = s.read_states.find((r) => r.channel_id === m.channel_id);
	if (!old || !read || m.seq <= read.read_seq || m.author.id === s.me.id || s.blocks.includes(m.author.id)) return;
	read.mention_count += Number(m.mentions.includes(s.me.id)) - Number(old.mentions.includes(s.me.id));
}

function tombstone(s, channel, id, rev) {
	const m = s.messages[channel]?.find((x) => x.id === id);
	if (!m) return;
	const gone = { ...m, content: '', mentions: [], mention_roles: [], deleted: true, rev };
	countMention(s, gone);
	setMessage(s, gone);
}

function setMember(s, m) {
	if (s.members[m.server_id]) s.members[m.server_id] = put(s.members[m.server_id], m, byUser(m.user.id));
}

function setUser(s, user) {
	const swap = (list) => list.map((u) => (u.id === user.id ? user : u));
	for (const dm of s.dms) dm.members = swap(dm.members);
	for (const id of Object.keys(s.messages))
		s.messages[id] = s.messages[id].map((m) => (m.author.id === user.id ? { ...m, author: user } : m));
}

const setReport = (s, d) => {
	if (s.reports[d.server_id]) s.reports[d.server_id] = put(s.reports[d.server_id], d, byId(d));
};

const rules = {
	'report.created': setReport,
	'report.updated': setReport,
	'message.created': (s, d) => newMessage(s, d),
	'message.updated': (s, d) => (countMention(s, d), setMessage(s, d)),
	'message.withheld': () => undefined,
	'message.deleted': (s, d) => (countMention(s, d), setMessage(s, d)),
	'messages.deleted': (s, d, e) => d.ids.forEach((id) => tombstone(s, d.channel_id, id, e.rev)),
	'messages.expired': (s, d) => {
		if (s.messages[d.channel_id]) s.messages[d.channel_id] = s.messages[d.channel_id].filter((m) => m.seq >= d.before_seq);
	},
	'channel.created': (s, d) => setChannel(s, d),
	'channel.updated': (s, d) => setChannel(s, d),
	'channel.deleted': (s, d) => dropChannel(s, d.id),
	'channel.left': (s, d) => dropChannel(s, d.channel_id),
	'dm.created': (s, d) => {
		s.dms = put(s.dms, d, byId(d));
		s.read_states.push({ channel_id: d.id, read_seq: 0, mention_count: 0 });
	},
	'server.joined': (s, d) => {
		s.servers = put(s.servers, d, byId(d));
		for (const c of d.channels) setChannel(s, c);
	},
	'server.left': (s, d) => dropServer(s, d.server_id),
	'server.updated': (s, d) => s.servers.filter(byId(d)).forEach((x) => Object.assign(x, d)),
	'server.deleted': (s, d) => dropServer(s, d.id),
	'member.joined': (s, d) => {
		if (!d.server_id) return;
		setMember(s, d);
		for (const x of s.servers.filter((y) => y.id === d.server_id && d.user.id !== s.me.id)) x.member_count++;
	},
	'member.left': (s, d) => {
		if (!d.server_id) return;
		if (s.members[d.server_id]) s.members[d.server_id] = without(s.members[d.server_id], byUser(d.user_id));
		for (const x of s.servers.filter((y) => y.id === d.server_id)) x.member_count--;
	},
	'member.updated': (s, d) => {
		setUser(s, d.user);
		if (!d.server_id) return;
		setMember(s, d);
		const mine = s.servers.find((x) => x.id === d.server_id && d.user.id === s.me.id);
		if (!mine) return;
		Object.assign(mine, { my_roles: d.roles, nickname: d.nickname, timeout_until: d.timeout_until });
		setMine(mine);
	},
	'read.updated': (s, d) => {
		if (s.read_states.some((r) => r.channel_id === d.channel_id && r.read_seq > d.read_seq)) return;
		s.read_states = put(s.read_states, d, (r) => r.channel_id === d.channel_id);
	},
	'receipt.updated': (s, d) => raiseReceipt(s, d.channel_id, d.user_id, d.read_seq, d.delivered_seq),
	'block.updated': (s, d) => {
		s.blocks = without(s.blocks, (id) => id === d.user_id).concat(d.blocked ? d.user_id : []).sort();
	},
	'user.updated': (s, d, e) => {
		s.me = e.rev ? d : { ...s.me, status: d.status };
	},
};

const everyoneIs = (r) => r.kind === 'everyone';
// administrator, and every bit that there is
const [BOSS, ALL] = [1n << 30n, 1107296255n];

/** What my roles and everyone's allow together. */
function setMine(server) {
	let mask = 1n;
	for (const r of server.roles) if (everyoneIs(r) || server.my_roles.includes(r.id)) mask |= BigInt(r.permissions);
	server.my_permissions = String(mask & BOSS ? ALL : mask);
}

function setRole(s, role) {
	for (const x of s.servers.filter((y) => y.id === role.server_id)) {
		x.roles = put(x.roles, role, byId(role)).sort((a, b) => b.position - a.position);
		setMine(x);
	}
}

function dropRole(s, gone) {
	const less = (holder, key) => ({ ...holder, [key]: without(holder[key], (id) => id === gone.id) });
	s.servers = s.servers.map((x) => (x.id === gone.server_id ? { ...less(x, 'my_roles'), roles: without(x.roles, byId(gone)) } : x));
	s.servers.filter((x) => x.id === gone.server_id).forEach(setMine);
	if (s.members[gone.server_id]) s.members[gone.server_id] = s.members[gone.server_id].map((m) => less(m, 'roles'));
}

Object.assign(rules, {
	'role.created': (s, d) => setRole(s, d),
	'role.updated': (s, d) => setRole(s, d),
	'role.deleted': (s, d) => dropRole(s, d),
});

export const knows = (type) => type in rules;

/** Applies one event; the stream's rev goes up with it. */
export function apply(state, e) {
	rules[e.type]?.(state, structuredClone(e.data), e);
	if (!e.rev) return;
	const [word, id] = e.stream.split(':');
	const target = word === 'channel' ? channelOf(state, id) : word === 'server' ? state.servers.find((x) => x.id === id) : null;
	if (target) target.rev = e.rev;
}

const sorted = (list, key) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));

/** The same state in one order, without what no event carries. */
export function normal(state) {
	const s = structuredClone(state);
	delete s.cursor;
	s.read_states = sorted(s.read_states, (r) => r.channel_id);
	s.dms = sorted(s.dms, (c) => c.id);
	s.servers = sorted(s.servers, (x) => x.id);
	for (const server of s.servers) server.channels = sorted(server.channels, (c) => c.id);
	for (const id of Object.keys(s.receipts)) s.receipts[id] = sorted(s.receipts[id].filter((r) => r.delivered_seq > 0), (r) => r.user_id);
	for (const id of Object.keys(s.messages)) s.messages[id] = sorted(s.messages[id], (m) => m.id);
	for (const id of Object.keys(s.reports)) s.reports[id] = sorted(s.reports[id], (r) => r.id);
	for (const id of Object.keys(s.members)) s.members[id] = sorted(s.members[id], (m) => m.user.id);
	return s;
}
