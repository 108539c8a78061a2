// One scene for each thing that happens: prepare() makes the people and places, act() does it, and
// the watcher's stream gives the events named.
import * as instance from '../support/instance.mjs';
import { until } from '../support/until.mjs';

async function home(person, { guests = 1, joined = true } = {}) {
	const owner = await person('owner');
	const server = await owner.must(201, 'POST', '/servers', { name: 'Scene' });
	const { code } = await owner.must(201, 'POST', `/servers/${server.id}/invites`, {});
	const people = [];
	for (let i = 0; i < guests; i++) {
		const one = await person(`guest${i}`);
		if (joined) await one.must(200, 'POST', `/invites/${code}/accept`);
		people.push(one);
	}
	const channel = server.channels[0];
	// what is gained by the scene is read by REST when it is looked at, not told
	const known = (id) => (joined ? [id] : []);
	return { owner, server, channel, code, watcher: people[0], other: people[1], servers: known(server.id), channels: known(channel.id) };
}

const say = (who, channel, content, more = {}) => who.must(201, 'POST', `/channels/${channel.id}/messages`, { content, ...more });
const room = (c, json) => c.owner.must(201, 'POST', `/servers/${c.server.id}/channels`, { kind: 'text', ...json });

const role = (c, json) => c.owner.must(201, 'POST', `/servers/${c.server.id}/roles`, json);
const hold = (c, ...roles) => c.owner.must(200, 'PATCH', `/servers/${c.server.id}/members/${c.watcher.id}`, { roles });

let number = 0;
const scenes = [
	{
		name: 'somebody writes, with a mention and a reply',
		gives: ['message.created'],
		act: async (c) => {
			const first = await say(c.owner, c.channel, `<@${c.watcher.id}> hello`);
			await say(c.owner, c.channel, 'and more', { reply_to: first.id, nonce: `scene-${Date.now()}` });
		},
	},
	{
		name: 'I write on another device',
		gives: ['message.created'],
		act: (c) => say(c.watcher, c.channel, 'my own'),
	},
	{
		name: 'an edit takes a mention away and brings one',
		gives: ['message.updated'],
		before: async (c) => {
			c.one = await say(c.owner, c.channel, `<@${c.watcher.id}> you`);
			c.two = await say(c.owner, c.channel, 'nobody');
		},
		act: async (c) => {
			await c.owner.must(200, 'PATCH', `/channels/${c.channel.id}/messages/${c.one.id}`, { content: 'nobody' });
			await c.owner.must(200, 'PATCH', `/channels/${c.channel.id}/messages/${c.two.id}`, { content: `<@${c.watcher.id}> you` });
		},
	},
	{
		name: 'an edit of what was said before, which I may not read',
		gives: ['message.withheld'],
		before: async (c) => {
			c.one = await say(c.owner, c.channel, 'nobody');
			await c.owner.must(204, 'PUT', `/channels/${c.channel.id}/overrides/${c.watcher.id}`, { allow: '0', deny: '2' });
		},
		act: (c) => c.owner.must(200, 'PATCH', `/channels/${c.channel.id}/messages/${c.one.id}`, { content: 'not for the watcher' }),
	},
	{
		name: 'a message with a mention is deleted',
		gives: ['message.deleted'],
		before: async (c) => {
			c.one = await say(c.owner, c.channel, `<@${c.watcher.id}> you`);
		},
		act: (c) => c.owner.must(204, 'DELETE', `/channels/${c.channel.id}/messages/${c.one.id}`),
	},
	{
		name: 'roles of mine are mentioned, one by an edit, one no more',
		gives: ['message.created', 'message.updated', 'message.deleted'],
		before: async (c) => {
			c.role = await role(c, { name: 'builders', mentionable: true });
			await hold(c, c.role.id);
			for (const one of ['taken', 'brought', 'gone']) c[one] = await say(c.owner, c.channel, one === 'brought' ? 'nobody' : `<@&${c.role.id}>`);
		},
		act: async (c) => {
			const edit = (one, content) => c.owner.must(200, 'PATCH', `/channels/${c.channel.id}/messages/${one.id}`, { content });
			await say(c.owner, c.channel, `<@&${c.role.id}> and <@${c.watcher.id}>`);
			await edit(c.taken, `\`<@&${c.role.id}>\``);
			await edit(c.brought, `<@&${c.role.id}>`);
			await c.owner.must(204, 'DELETE', `/channels/${c.channel.id}/messages/${c.gone.id}`);
		},
	},
	{
		name: 'messages are deleted in bulk, mentions among them',
		gives: ['messages.deleted'],
		before: async (c) => {
			c.said = [];
			for (const text of [`<@${c.watcher.id}> you`, 'nobody', 'kept']) c.said.push(await say(c.owner, c.channel, text));
		},
		act: (c) => c.owner.must(204, 'POST', `/channels/${c.channel.id}/messages/bulk-delete`, { ids: c.said.slice(0, 2).map((m) => m.id) }),
	},
	{
		name: 'messages have been kept for as long as was said',
		gives: ['messages.expired'],
		before: async (c) => {
			for (const text of ['old', 'old as well', 'kept']) await say(c.owner, c.channel, text);
			await instance.sql(`UPDATE channel SET retention_days = 1, retention_set_at = now() - interval '2 days' WHERE id = ${c.channel.id}`);
		},
		// as if the first two had been written three days ago
		act: (c) => instance.sql(`BEGIN; UPDATE message SET id = id - (3 * 86400000::bigint << 20) WHERE channel_id = ${c.channel.id} AND seq < 3;
			SELECT retention_later(); COMMIT`),
	},
	{
		name: 'I block somebody who has mentioned me, and he does it again',
		gives: ['block.updated', 'read.updated', 'message.created'],
		before: (c) => say(c.owner, c.channel, `<@${c.watcher.id}> you`),
		act: async (c) => {
			await c.watcher.must(204, 'PUT', `/me/blocks/${c.owner.id}`);
			await say(c.owner, c.channel, `<@${c.watcher.id}> you there`);
		},
	},
	{
		name: 'I hear from somebody again',
		gives: ['block.updated', 'read.updated'],
		before: async (c) => {
			await c.watcher.must(204, 'PUT', `/me/blocks/${c.owner.id}`);
			await say(c.owner, c.channel, `<@${c.watcher.id}> you`);
		},
		act: (c) => c.watcher.must(204, 'DELETE', `/me/blocks/${c.owner.id}`),
	},
	{
		name: 'I read on another device',
		gives: ['read.updated'],
		before: async (c) => {
			c.one = await say(c.owner, c.channel, `<@${c.watcher.id}> you`);
			await say(c.owner, c.channel, 'unread');
		},
		act: (c) => c.watcher.must(200, 'PUT', `/channels/${c.channel.id}/read`, { seq: c.one.seq }),
	},
	{
		name: 'somebody else has read, and something has reached him',
		gives: ['receipt.updated'],
		before: async (c) => {
			c.one = await say(c.watcher, c.channel, 'mine');
			c.two = await say(c.watcher, c.channel, 'mine too');
		},
		act: async (c) => {
			await c.owner.must(200, 'PUT', `/channels/${c.channel.id}/read`, { seq: c.one.seq });
			await c.owner.must(204, 'PUT', `/channels/${c.channel.id}/delivered`, { seq: c.two.seq });
		},
	},
	{
		name: 'I am let read only for a while',
		gives: ['member.updated'],
		act: (c) => c.owner.must(200, 'PUT', `/servers/${c.server.id}/timeouts/${c.watcher.id}`, { expires_in: 3600 }),
	},
	{
		name: 'somebody reports a message, and I deal with it',
		gives: ['report.created', 'report.updated'],
		stage: { guests: 2 },
		before: async (c) => {
			await hold(c, 'moderator');
			c.reports = [c.server.id];
			c.bad = await say(c.owner, c.channel, 'something');
		},
		act: async (c) => {
			await c.other.must(201, 'POST', `/channels/${c.channel.id}/messages/${c.bad.id}/report`, { reason: 'abuse', note: 'again' });
			const [one] = (await c.watcher.must(200, 'GET', `/servers/${c.server.id}/reports`)).items;
			await c.watcher.must(200, 'PATCH', `/servers/${c.server.id}/reports/${one.id}`, { state: 'resolved' });
		},
	},
	{
		name: 'nobody joins any more',
		gives: ['server.updated'],
		act: (c) => c.owner.must(200, 'PATCH', `/servers/${c.server.id}`, { lockdown: true }),
	},
	{
		name: 'a channel is made',
		gives: ['channel.created'],
		act: (c) => room(c, { name: 'made', topic: 'new' }),
	},
	{
		name: 'a channel is changed',
		gives: ['channel.updated'],
		act: (c) => c.owner.must(200, 'PATCH', `/channels/${c.channel.id}`, { name: 'changed', topic: 'after' }),
	},
	{
		name: 'a channel is deleted',
		gives: ['channel.deleted'],
		before: async (c) => {
			c.gone = await room(c, { name: 'gone' });
			await say(c.owner, c.gone, 'last words');
			c.channels.push(c.gone.id);
		},
		act: (c) => c.owner.must(204, 'DELETE', `/channels/${c.gone.id}`),
	},
	{
		name: 'a deleted channel comes back, and somebody writes in it',
		gives: ['channel.deleted', 'channel.created', 'message.created'],
		before: async (c) => {
			c.gone = await room(c, { name: 'gone' });
		},
		act: async (c, f) => {
			await c.owner.must(204, 'DELETE', `/channels/${c.gone.id}`);
			await c.owner.must(200, 'POST', `/channels/${c.gone.id}/restore`);
			// let in again at the head: what is written after that comes
			await until('the channel begins anew', () => f.controls.some((x) => x.name === 'reset' && x.data.stream === `channel:${c.gone.id}`));
			await say(c.owner, c.gone, 'back');
		},
	},
	{
		name: 'channels are put in order, and a channel changes what one may do in it',
		gives: ['channel.updated'],
		before: async (c) => {
			c.second = await room(c, { name: 'second' });
		},
		act: async (c) => {
			await c.owner.must(200, 'PUT', `/servers/${c.server.id}/channels/order`, { channels: [{ id: c.second.id, category: 'top' }, { id: c.channel.id }] });
			await c.owner.must(200, 'PATCH', `/channels/${c.second.id}`, { read_only: true, slow_mode: 5, archived: true });
		},
	},
	{
		name: 'a private channel is shared with me',
		gives: ['channel.created'],
		before: async (c) => {
			c.hidden = await room(c, { name: 'hidden', private: true });
			await say(c.owner, c.hidden, 'before');
		},
		act: (c) => c.owner.must([200, 204], 'PUT', `/channels/${c.hidden.id}/members/${c.watcher.id}`),
	},
	{
		name: 'the last one of a private channel leaves my server, and another one only that',
		gives: ['member.left', 'channel.created'],
		before: async (c) => {
			await c.owner.must(200, 'POST', `/servers/${c.server.id}/owner`, { user_id: c.watcher.id, password: c.owner.password });
			for (const name of ['left', 'left with the server']) {
				c.hidden = await room(c, { name, private: true });
				await say(c.owner, c.hidden, 'before');
				c.first ??= c.hidden;
			}
		},
		act: async (c) => {
			await c.owner.must(204, 'DELETE', `/channels/${c.first.id}/members/@me`);
			await c.owner.must(204, 'DELETE', `/servers/${c.server.id}/members/@me`);
		},
	},
	{
		name: 'a private channel is taken from me',
		gives: ['channel.left'],
		before: async (c) => {
			c.hidden = await room(c, { name: 'hidden', private: true });
			await c.owner.must([200, 204], 'PUT', `/channels/${c.hidden.id}/members/${c.watcher.id}`);
			c.channels.push(c.hidden.id);
		},
		act: (c) => c.owner.must(204, 'DELETE', `/channels/${c.hidden.id}/members/${c.watcher.id}`),
	},
	{
		name: 'a conversation is opened with me',
		// what is said there at once may lie below the position from which I may read it: a reset, no event
		gives: ['dm.created'],
		act: (c) => c.owner.must([200, 201], 'POST', '/dms', { user_ids: [c.watcher.id] }),
	},
	{
		name: 'somebody joins',
		gives: ['member.joined'],
		stage: { guests: 1 },
		before: async (c, person) => {
			c.late = await person('late');
		},
		act: (c) => c.late.must(200, 'POST', `/invites/${c.code}/accept`),
	},
	{
		name: 'somebody leaves',
		gives: ['member.left'],
		stage: { guests: 2 },
		act: (c) => c.other.must(204, 'DELETE', `/servers/${c.server.id}/members/@me`),
	},
	{
		name: 'my nickname changes',
		gives: ['member.updated'],
		act: (c) => c.owner.must(200, 'PATCH', `/servers/${c.server.id}/members/${c.watcher.id}`, { nickname: 'Nick' }),
	},
	{
		name: 'somebody I share a server and a conversation with has a new name',
		gives: ['member.updated'],
		before: async (c) => {
			await c.owner.must([200, 201], 'POST', '/dms', { user_ids: [c.watcher.id] });
			await say(c.owner, c.channel, 'by my old name');
		},
		act: (c) => c.owner.must(200, 'PATCH', '/me', { display_name: 'Another name' }),
	},
	{
		name: 'I join a server on another device',
		gives: ['server.joined'],
		stage: { joined: false },
		act: (c) => c.watcher.must(200, 'POST', `/invites/${c.code}/accept`),
	},
	{
		name: 'I am kicked',
		gives: ['server.left'],
		before: (c) => say(c.owner, c.channel, 'something'),
		act: (c) => c.owner.must(204, 'DELETE', `/servers/${c.server.id}/members/${c.watcher.id}`),
	},
	{
		name: 'a server is renamed',
		gives: ['server.updated'],
		act: (c) => c.owner.must(200, 'PATCH', `/servers/${c.server.id}`, { name: `Renamed ${++number}` }),
	},
	{
		name: 'a server is deleted',
		gives: ['server.deleted'],
		act: (c) => c.owner.must(204, 'DELETE', `/servers/${c.server.id}`),
	},
	{
		name: 'a role is made',
		gives: ['role.created'],
		act: (c) => role(c, { name: 'builders', permissions: '128', color: 0x3366cc, mentionable: true }),
	},
	{
		name: 'what a role of mine allows changes, and what everybody may',
		gives: ['role.updated'],
		before: async (c) => {
			c.role = await role(c, { name: 'builders', permissions: '128' });
			await hold(c, 'member', c.role.id);
		},
		act: async (c) => {
			await c.owner.must(200, 'PATCH', `/servers/${c.server.id}/roles/${c.role.id}`, { permissions: '65536', name: 'guards' });
			const { id } = c.server.roles.find((r) => r.kind === 'everyone');
			await c.owner.must(200, 'PATCH', `/servers/${c.server.id}/roles/${id}`, { permissions: '3' });
		},
	},
	{
		name: 'roles are put in another order',
		gives: ['role.updated'],
		before: async (c) => {
			c.roles = [await role(c, { name: 'one' }), await role(c, { name: 'two' })];
		},
		act: (c) => c.owner.must(200, 'PUT', `/servers/${c.server.id}/roles/order`, { role_ids: [c.roles[1].id, c.roles[0].id] }),
	},
	{
		name: 'a role of mine is deleted',
		gives: ['role.deleted'],
		before: async (c) => {
			c.role = await role(c, { name: 'builders', permissions: '128' });
			await hold(c, 'member', c.role.id);
		},
		act: (c) => c.owner.must(204, 'DELETE', `/servers/${c.server.id}/roles/${c.role.id}`),
	},
	{
		name: 'I am given a role, and lose it again',
		gives: ['member.updated'],
		act: async (c) => {
			await hold(c, 'admin');
			await hold(c, 'member');
			await hold(c, 'moderator');
		},
	},
	{
		name: 'the server is handed on to me',
		gives: ['server.updated', 'member.updated'],
		act: (c) => c.owner.must(200, 'POST', `/servers/${c.server.id}/owner`, { user_id: c.watcher.id, password: c.owner.password }),
	},
	{
		name: 'I change my own profile',
		gives: ['user.updated'],
		act: (c) => c.watcher.must(200, 'PATCH', '/me', { display_name: 'Changed' }),
	},
	{
		name: 'I want not to be disturbed',
		gives: ['user.updated'],
		act: (c) => c.watcher.must(200, 'PUT', '/me/presence', { status: 'dnd' }),
	},
	{
		name: 'I hide',
		gives: ['user.updated'],
		act: (c) => c.watcher.must(200, 'PUT', '/me/presence', { status: 'invisible' }),
	},
	{
		name: 'somebody types',
		gives: ['typing.started'],
		act: (c) => c.owner.must(204, 'POST', `/channels/${c.channel.id}/typing`),
	},
	{
		name: 'I watch somebody',
		gives: ['presence.updated'],
		act: (c) => c.watcher.must(204, 'PUT', '/me/watch', { user_ids: [c.owner.id] }),
	},
];

for (const scene of scenes) {
	scene.prepare = async ({ person }) => {
		const named = (name) => person(`${name}${++number}`);
		const cast = await home(named, scene.stage);
		await scene.before?.(cast, named);
		return cast;
	};
}

export { scenes };
