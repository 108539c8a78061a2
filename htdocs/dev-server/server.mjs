/*
 * A stand-in for the real stack, for looking at the client during development: the HTTP contract
 * in memory, the stream by SSE, WebSocket and long poll, and dist/ under the production headers.
 *   node dev-server/server.mjs [port]
 */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer } from 'ws';

const port = Number(process.argv[2] ?? 8190);
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types moot";
const headers = { 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin', 'Cross-Origin-Opener-Policy': 'same-origin' };

let counter = 0n;
const newId = () => ((BigInt(Date.now()) << 20n) + (counter++ & 0xfffffn)).toString();
const now = () => new Date().toISOString();
const db = { users: {}, sessions: {}, servers: {}, channels: {}, messages: {}, reads: {}, invites: {}, nonces: {}, tokens: {}, log: [], revs: {} };
const faults = { drop: 0, down: 0, expire: false, noSocket: false, noStream: false, delay: 0 };
const pub = ({ id, username, display_name }) => ({ id, username, display_name, avatar_url: null, bot: false });
const meOf = (u) => ({ ...pub(u), email: u.email ?? null, admin: u.admin ?? false, created_at: u.created_at });

class Problem extends Error { constructor(status, code, extra = {}) { super(code); Object.assign(this, { status, code, extra }); } }
const fail = (status, code, extra) => { throw new Problem(status, code, extra); };

// Streams
const connections = new Set();
function publish(stream, type, data, sees, nonce) {
	const rev = (db.revs[stream] = (db.revs[stream] ?? 0) + 1);
	const event = { type, stream, rev, at: now(), ...(nonce ? { nonce } : {}), data };
	const entry = { n: db.log.length + 1, event, sees };
	db.log.push(entry);
	for (const c of connections) if (sees(c.user)) c.event(event, entry.n);
	return rev;
}
const ephemeral = (stream, type, data, sees) => { for (const c of connections) if (sees(c.user)) c.event({ type, stream, rev: 0, at: now(), data }, null); };
const seesChannel = (c) => (u) => (c.server_id ? !!db.servers[c.server_id]?.members[u] && (!c.private || c.people.includes(u)) : c.people.includes(u));
const only = (user) => (u) => u === user;
const revoke = (user, stream) => { for (const c of connections) if (c.user === user) c.control('revoke', { stream, rev: db.revs[stream] ?? 0 }); };

// Shapes
const channelOf = (c) => ({ id: c.id, server_id: c.server_id, kind: c.kind, name: c.name, topic: c.topic, category: null, position: c.position, private: c.private, last_seq: c.last_seq, rev: db.revs[`channel:${c.id}`] ?? 0, last_message_at: c.last_message_at, ...(c.server_id ? {} : { members: c.people.map((id) => pub(db.users[id])) }) });
const roleEveryone = (s) => ({ id: s.id, server_id: s.id, name: 'everyone', kind: 'everyone', permissions: String(0x4e2f), position: 0, color: null });
const bootServer = (s, u) => ({ id: s.id, name: s.name, icon_url: null, owner_id: s.owner_id, created_at: s.created_at, rev: db.revs[`server:${s.id}`] ?? 0, channels: Object.values(db.channels).filter((c) => c.server_id === s.id && seesChannel(c)(u)).map(channelOf), roles: [roleEveryone(s)], my_permissions: s.owner_id === u ? String(2n ** 31n - 1n) : '20015', my_roles: [], nickname: null, joined_at: s.members[u], member_count: Object.keys(s.members).length });
const inviteOf = (i) => ({ code: i.code, server: { id: i.server_id, name: db.servers[i.server_id]?.name, icon_url: null, member_count: Object.keys(db.servers[i.server_id]?.members ?? {}).length }, channel_id: null, creator: pub(db.users[i.creator]), expires_at: i.expires_at, max_uses: i.max_uses, uses: i.uses });
const cursorNow = () => `e.${db.log.length}`;

function newChannel(server_id, { name, kind = 'text', topic = null, private: p = false }, people) {
	const c = { id: newId(), server_id, name, kind, topic, private: p, people, position: Object.keys(db.channels).length, last_seq: 0, last_message_at: null };
	db.channels[c.id] = c; db.messages[c.id] = [];
	return c;
}
function post(c, author, body) {
	const key = `${author.id}/${body.nonce}`;
	if (body.nonce && db.nonces[key]) return db.nonces[key];
	const m = { id: newId(), channel_id: c.id, seq: ++c.last_seq, rev: 0, author: pub(author), content: body.content, ...(body.nonce ? { nonce: body.nonce } : {}), created_at: now(), edited_at: null, deleted: false, reply_to: body.reply_to ?? null, thread: null, attachments: [], embeds: [], mentions: [...body.content.matchAll(/<@(\d+)>/g)].map((x) => x[1]), reactions: [], pinned: false };
	c.last_message_at = m.created_at;
	m.rev = (db.revs[`channel:${c.id}`] ?? 0) + 1;
	db.messages[c.id].push(m);
	if (body.nonce) db.nonces[key] = m;
	db.reads[`${author.id}/${c.id}`] = m.seq;
	publish(`channel:${c.id}`, 'message.created', m, seesChannel(c), body.nonce);
	return m;
}

// Routes: [method, pattern, handler(ctx)]; ctx = {user, params, body, query}
const routes = [];
const on = (method, pattern, handler, open = false) => routes.push({ method, handler, open, re: new RegExp(`^/api/v1${pattern.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`) });
const chan = ({ params, user }) => { const c = db.channels[params.id]; if (!c || !seesChannel(c)(user.id)) fail(404, 'not_found'); return c; };
const serv = ({ params, user }) => { const s = db.servers[params.id]; if (!s?.members[user.id]) fail(404, 'not_found'); return s; };
const msg = (ctx) => { const c = chan(ctx); const m = db.messages[c.id].find((x) => x.id === ctx.params.mid); if (!m) fail(404, 'not_found'); return [c, m]; };
const list = (items, before = null, after = null) => ({ items, before, after });

function signIn(ctx, u, status) {
	const sid = newId();
	const session = { id: sid, user: u.id, access: randomBytes(9).toString('hex'), refresh: randomBytes(9).toString('hex'), created_at: now(), agent: ctx.agent };
	db.sessions[sid] = session;
	ctx.cookies(session);
	return [status, { user: meOf(u), access_token: session.access, expires_in: 900, refresh_token: session.refresh }];
}
function addUser({ username, password, display_name, email }, admin = false) {
	if (!/^[a-z0-9_.-]{2,32}$/.test(username ?? '')) fail(422, 'invalid_fields', { errors: [{ field: 'username', code: 'format' }] });
	if ((password ?? '').length < 8) fail(422, 'invalid_fields', { errors: [{ field: 'password', code: 'too_short' }] });
	if (Object.values(db.users).some((u) => u.username === username)) fail(409, 'username_taken');
	const u = { id: newId(), username, password, display_name: display_name || username, email, admin, created_at: now() };
	return (db.users[u.id] = u);
}
on('GET', '/meta', () => [200, { version: 'stand-in', name: 'Moot', registration: 'open', setup_needed: !Object.keys(db.users).length, limits: { message_length: 4000 }, features: { stream: true } }], true);
on('POST', '/auth/register', (ctx) => signIn(ctx, addUser(ctx.body), 201), true);
on('POST', '/auth/setup', (ctx) => (ctx.body.token === 'setup-token' && !Object.keys(db.users).length ? signIn(ctx, addUser(ctx.body, true), 201) : fail(410, 'setup_closed')), true);
on('POST', '/auth/login', (ctx) => { const u = Object.values(db.users).find((x) => x.username === ctx.body.login); if (!u || u.password !== ctx.body.password) fail(401, 'unauthorized'); return signIn(ctx, u, 200); }, true);
on('POST', '/auth/refresh', (ctx) => { const s = Object.values(db.sessions).find((x) => x.refresh === ctx.refresh); if (!s) fail(401, 'session_ended'); s.access = randomBytes(9).toString('hex'); ctx.cookies(s); return [200, { user: meOf(db.users[s.user]), access_token: s.access, expires_in: 900, refresh_token: s.refresh }]; }, true);
on('POST', '/auth/logout', (ctx) => { if (ctx.session) { for (const c of [...connections]) if (c.sid === ctx.session.id) c.bye(4401, 0); delete db.sessions[ctx.session.id]; } return [204]; }, true);
on('GET', '/bootstrap', ({ user }) => { const seen = Object.values(db.channels).filter((c) => seesChannel(c)(user.id)); return [200, { me: meOf(user), servers: Object.values(db.servers).filter((s) => s.members[user.id]).map((s) => bootServer(s, user.id)), dms: seen.filter((c) => !c.server_id).map(channelOf), read_states: seen.map((c) => ({ channel_id: c.id, read_seq: db.reads[`${user.id}/${c.id}`] ?? 0, mention_count: 0 })), presence: {}, limits: { message_length: 4000 }, features: {}, stream: { cursor: cursorNow() } }]; });
on('GET', '/me', ({ user }) => [200, meOf(user)]);
on('PATCH', '/me', ({ user, body }) => { Object.assign(user, body); publish(`user:${user.id}`, 'user.updated', meOf(user), only(user.id)); return [200, meOf(user)]; });
on('PUT', '/me/password', ({ user, body }) => { if (body.current_password !== user.password) fail(401, 'bad_credentials'); user.password = body.new_password; return [204]; });
on('GET', '/me/sessions', ({ user, session }) => [200, list(Object.values(db.sessions).filter((s) => s.user === user.id).map((s) => ({ id: s.id, created_at: s.created_at, last_used_at: now(), user_agent: s.agent, ip: '127.0.0.0', current: s.id === session.id })))]);
on('DELETE', '/me/sessions/:id', ({ params }) => { for (const c of [...connections]) if (c.sid === params.id) c.bye(4401, 0); delete db.sessions[params.id]; return [204]; });
on('GET', '/me/tokens', ({ user }) => [200, list(Object.values(db.tokens).filter((t) => t.user === user.id).map(({ secret, user: _, ...t }) => t))]);
on('POST', '/me/tokens', ({ user, body }) => { const t = { id: newId(), user: user.id, name: body.name, scopes: [], created_at: now(), expires_at: null, last_used_at: null }; db.tokens[t.id] = t; const { user: _, ...shown } = t; return [201, { ...shown, token: `moot_pat_${randomBytes(16).toString('hex')}` }]; });
on('DELETE', '/me/tokens/:id', ({ params }) => { delete db.tokens[params.id]; return [204]; });
on('POST', '/servers', ({ user, body }) => { const s = { id: newId(), name: body.name, owner_id: user.id, created_at: now(), members: { [user.id]: now() } }; db.servers[s.id] = s; newChannel(s.id, { name: 'general' }, []); publish(`user:${user.id}`, 'server.joined', bootServer(s, user.id), only(user.id)); return [201, bootServer(s, user.id)]; });
on('PATCH', '/servers/:id', (ctx) => { const s = serv(ctx); s.name = ctx.body.name ?? s.name; publish(`server:${s.id}`, 'server.updated', { id: s.id, name: s.name, icon_url: null, owner_id: s.owner_id, rev: 0 }, (u) => !!s.members[u]); return [200, {}]; });
on('DELETE', '/servers/:id', (ctx) => { const s = serv(ctx); publish(`server:${s.id}`, 'server.deleted', { id: s.id }, (u) => !!s.members[u]); delete db.servers[s.id]; return [204]; });
on('GET', '/servers/:id/members', (ctx) => [200, list(Object.entries(serv(ctx).members).map(([id, joined_at]) => ({ user: pub(db.users[id]), roles: [], nickname: null, joined_at })))]);
on('DELETE', '/servers/:id/members/:uid', (ctx) => { const s = serv(ctx); const uid = ctx.params.uid === '@me' ? ctx.user.id : ctx.params.uid; if (uid === s.owner_id) fail(409, 'conflict'); delete s.members[uid]; publish(`server:${s.id}`, 'member.left', { server_id: s.id, user_id: uid, reason: 'left' }, (u) => !!s.members[u]); publish(`user:${uid}`, 'server.left', { server_id: s.id }, only(uid)); revoke(uid, `server:${s.id}`); return [204]; });
on('GET', '/servers/:id/invites', (ctx) => { const s = serv(ctx); return [200, list(Object.values(db.invites).filter((i) => i.server_id === s.id).map(inviteOf))]; });
on('POST', '/servers/:id/invites', (ctx) => { const i = { code: randomBytes(5).toString('hex'), server_id: serv(ctx).id, creator: ctx.user.id, expires_at: ctx.body.expires_in ? new Date(Date.now() + ctx.body.expires_in * 1000).toISOString() : null, max_uses: ctx.body.max_uses ?? null, uses: 0 }; db.invites[i.code] = i; return [201, inviteOf(i)]; });
on('GET', '/invites/:code', ({ params }) => [200, inviteOf(db.invites[params.code] ?? fail(404, 'not_found'))], true);
on('POST', '/invites/:code/accept', ({ params, user }) => { const i = db.invites[params.code] ?? fail(404, 'not_found'); const s = db.servers[i.server_id] ?? fail(410, 'gone'); const joined = !s.members[user.id]; if (joined) { if (i.max_uses && i.uses >= i.max_uses) fail(410, 'gone'); i.uses++; s.members[user.id] = now(); publish(`server:${s.id}`, 'member.joined', { server_id: s.id, user: pub(user), roles: [], nickname: null, joined_at: now() }, (u) => !!s.members[u]); publish(`user:${user.id}`, 'server.joined', bootServer(s, user.id), only(user.id)); } return [200, { server: bootServer(s, user.id), joined }]; });
on('DELETE', '/invites/:code', ({ params }) => { delete db.invites[params.code]; return [204]; });
on('POST', '/servers/:id/channels', (ctx) => { const s = serv(ctx); const c = newChannel(s.id, ctx.body, ctx.body.private ? [ctx.user.id] : []); if (c.private) publish(`user:${ctx.user.id}`, 'channel.created', channelOf(c), only(ctx.user.id)); else publish(`server:${s.id}`, 'channel.created', channelOf(c), (u) => !!s.members[u]); return [201, channelOf(c)]; });
on('GET', '/channels/:id', (ctx) => [200, channelOf(chan(ctx))]);
on('PATCH', '/channels/:id', (ctx) => { const c = chan(ctx); Object.assign(c, ctx.body); publish(`channel:${c.id}`, 'channel.updated', channelOf(c), seesChannel(c)); return [200, channelOf(c)]; });
on('DELETE', '/channels/:id', (ctx) => { const c = chan(ctx); publish(`channel:${c.id}`, 'channel.deleted', { id: c.id }, seesChannel(c)); delete db.channels[c.id]; return [204]; });
on('POST', '/dms', ({ user, body }) => { const people = [...new Set([user.id, ...body.user_ids])].sort(); const known = Object.values(db.channels).find((c) => !c.server_id && c.people.join() === people.join()); if (known) return [200, channelOf(known)]; const c = newChannel(null, { name: null, kind: people.length > 2 ? 'group' : 'dm' }, people); for (const p of people) publish(`user:${p}`, 'dm.created', channelOf(c), only(p)); return [201, channelOf(c)]; });
on('GET', '/channels/:id/messages', (ctx) => { const all = db.messages[chan(ctx).id]; const { before, after, around } = ctx.query; const limit = Number(ctx.query.limit ?? 50); if (before) { const l = all.filter((m) => m.id < before).slice(-limit).reverse(); return [200, list(l, l.at(-1)?.id ?? null, null)]; } if (after) { const l = all.filter((m) => m.id > after).slice(0, limit); return [200, list(l, null, l.at(-1)?.id ?? null)]; } if (around) { const at = all.findIndex((m) => m.id >= around); if (at < 0) fail(404, 'not_found'); return [200, list(all.slice(Math.max(0, at - limit / 2), at + limit / 2))]; } return [200, list(all.slice(-limit).reverse(), 'x', null)]; });
on('POST', '/channels/:id/messages', (ctx) => { const c = chan(ctx); if (!ctx.body.content?.trim()) fail(422, 'invalid_fields', { errors: [{ field: 'content', code: 'too_short' }] }); if (ctx.body.content.startsWith('REFUSE')) fail(403, 'forbidden'); return [201, post(c, ctx.user, ctx.body)]; });
on('GET', '/channels/:id/messages/:mid', (ctx) => [200, msg(ctx)[1]]);
on('PATCH', '/channels/:id/messages/:mid', (ctx) => { const [c, m] = msg(ctx); m.content = ctx.body.content; m.edited_at = now(); m.rev = (db.revs[`channel:${c.id}`] ?? 0) + 1; publish(`channel:${c.id}`, 'message.updated', m, seesChannel(c)); return [200, m]; });
on('DELETE', '/channels/:id/messages/:mid', (ctx) => { const [c, m] = msg(ctx); Object.assign(m, { content: '', deleted: true, rev: (db.revs[`channel:${c.id}`] ?? 0) + 1 }); publish(`channel:${c.id}`, 'message.deleted', m, seesChannel(c)); return [204]; });
on('PUT', '/channels/:id/read', (ctx) => { const c = chan(ctx); const key = `${ctx.user.id}/${c.id}`; db.reads[key] = Math.max(db.reads[key] ?? 0, ctx.body.seq); publish(`user:${ctx.user.id}`, 'read.updated', { channel_id: c.id, read_seq: db.reads[key], mention_count: 0 }, only(ctx.user.id)); return [204]; });
on('POST', '/channels/:id/typing', (ctx) => { const c = chan(ctx); ephemeral(`channel:${c.id}`, 'typing.started', { channel_id: c.id, user: pub(ctx.user) }, seesChannel(c)); return [204]; });
on('POST', '/sync', ({ body, user }) => { const channels = {}; for (const [id, rev] of Object.entries(body.channels)) { const c = db.channels[id]; if (!c || !seesChannel(c)(user.id)) continue; channels[id] = { rev: db.revs[`channel:${id}`] ?? 0, items: db.messages[id].filter((m) => m.rev > rev).sort((a, b) => a.rev - b.rev) }; } return [200, { channels }]; });
on('POST', '/test/faults', ({ body }) => { Object.assign(faults, body); if (body.kick) for (const c of [...connections]) c.bye(4000, 0); if (body.expire) for (const s of Object.values(db.sessions)) s.access = s.refresh = 'gone'; return [204]; }, true);
on('POST', '/test/fill', ({ body }) => { const c = db.channels[body.channel]; const u = Object.values(db.users).find((x) => x.username === body.username); for (let i = 0; i < body.count; i++) post(c, u, { content: body.text?.[i % body.text.length] ?? `line ${i}` }); return [204]; }, true);

const cookie = (req, name) => req.headers.cookie?.match(new RegExp(`(?:^|; )${name}=([^;]+)`))?.[1];
const sessionOf = (req) => { const a = cookie(req, 'moot_access'); return a ? Object.values(db.sessions).find((s) => s.access === a) : undefined; };

function resume(c, since) {
	const from = since ? Number(since.split('.')[1]) : db.log.length;
	c.control('hello', { v: 1, epoch: 'e', node: 'n', heartbeat: 25, resumed: 0, reset: [] }, cursorNow());
	for (const { event, sees } of db.log.slice(from)) if (sees(c.user)) c.event(event);
	c.beat = setInterval(() => c.control('hb', {}, cursorNow()), 5000);
	connections.add(c);
}

function stream(req, res, url, session) {
	if (faults.noStream) return res.writeHead(502).end();
	if (url.searchParams.has('wait')) {
		if (!session) return res.writeHead(401, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify({ code: 'token_expired', status: 401 }));
		const from = Number((url.searchParams.get('since') ?? cursorNow()).split('.')[1]);
		const answer = () => { const items = db.log.slice(from).filter((e) => e.sees(session.user)).map((e) => e.event); return items; };
		const done = () => { clearTimeout(timer); connections.delete(c); if (!res.writableEnded) res.end(JSON.stringify({ items: answer(), cursor: cursorNow() })); };
		res.writeHead(200, { 'Content-Type': 'application/json' });
		const c = { user: session.user, sid: session.id, event: () => setTimeout(done, 5), control() {}, bye: done };
		const timer = setTimeout(done, answer().length ? 0 : 1000 * Number(url.searchParams.get('wait')));
		connections.add(c);
		req.on('close', () => { clearTimeout(timer); connections.delete(c); });
		return;
	}
	res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
	const c = { user: session?.user, sid: session?.id, event: (e) => res.write(`data: ${JSON.stringify(e)}\n\n`), control: (name, d, cursor) => res.write(`event: ${name}\n${cursor ? `id: ${cursor}\n` : ''}data: ${JSON.stringify(d)}\n\n`), bye: (code, retry) => { c.control('bye', { code, retry }); c.end(); res.end(); }, end: () => { clearInterval(c.beat); connections.delete(c); } };
	if (!session) return c.bye(4100, 0);
	resume(c, url.searchParams.get('since'));
	req.on('close', c.end);
}

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json', '.json': 'application/json' };
async function file(res, path) {
	const name = normalize(decodeURIComponent(path)).replace(/^(\.\.[/\\])+/, '');
	const wanted = extname(name) ? join(dist, name) : join(dist, 'index.html');
	const data = await readFile(wanted).catch(() => null);
	if (!data) return res.writeHead(404, headers).end();
	res.writeHead(200, { ...headers, 'Content-Type': types[extname(wanted)] ?? 'application/octet-stream', 'Cache-Control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache' }).end(data);
}

const http = createServer(async (req, res) => {
	const url = new URL(req.url, `http://${req.headers.host}`);
	if (!url.pathname.startsWith('/api/')) return file(res, url.pathname);
	const session = sessionOf(req);
	if (url.pathname === '/api/v1/stream') return stream(req, res, url, session);
	let raw = '';
	for await (const chunk of req) raw += chunk;
	const ctx = { query: Object.fromEntries(url.searchParams), body: raw ? JSON.parse(raw) : {}, session, user: session && db.users[session.user], refresh: cookie(req, 'moot_refresh'), agent: req.headers['user-agent'], cookies: (s) => res.setHeader('Set-Cookie', [`moot_access=${s.access}; Path=/; HttpOnly; SameSite=Lax`, `moot_refresh=${s.refresh}; Path=/api/v1/auth; HttpOnly; SameSite=Strict`]) };
	try {
		if (faults.down && !url.pathname.includes('/test/')) fail(503, 'unavailable');
		if (faults.delay) await new Promise((r) => setTimeout(r, faults.delay));
		const route = routes.find((r) => r.method === req.method && r.re.test(url.pathname)) ?? fail(404, 'not_found');
		if (!route.open && !ctx.user) fail(401, 'token_expired');
		ctx.params = url.pathname.match(route.re).groups ?? {};
		const [status, body] = route.handler(ctx);
		if (faults.drop && req.method === 'POST' && url.pathname.endsWith('/messages')) { faults.drop--; return req.socket.destroy(); }
		res.writeHead(status, { 'Content-Type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
	} catch (e) {
		if (!(e instanceof Problem)) console.error(e);
		const status = e.status ?? 500;
		res.writeHead(status, { 'Content-Type': 'application/problem+json', ...(status === 429 || status === 503 ? { 'Retry-After': '1' } : {}) }).end(JSON.stringify({ type: 'about:blank', title: e.message, status, code: e.code ?? 'internal', ...e.extra }));
	}
});
const wss = new WebSocketServer({ noServer: true });
http.on('upgrade', (req, sock, head) => {
	const session = sessionOf(req);
	if (!session || faults.noSocket || faults.noStream) return sock.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
	wss.handleUpgrade(req, sock, head, (ws) => {
		const c = { user: session.user, sid: session.id, event: (e) => ws.send(JSON.stringify(e)), control: (name, d, cursor) => ws.send(JSON.stringify({ control: name, ...d, ...(cursor ? { cursor } : {}) })), bye: (code, retry) => { c.control('bye', { code, retry }); ws.close(code); } };
		resume(c, new URL(req.url, 'http://x').searchParams.get('since'));
		ws.on('close', () => { clearInterval(c.beat); connections.delete(c); });
	});
});
http.listen(port, () => console.log(`stand-in on http://localhost:${port}`));
