// A community that has lived for a while, made over HTTP: two servers, twelve people, and of everything some.
import { register, request, runName } from '../support/api.mjs';
import { png } from '../support/png.mjs';
import { PASSWORD } from './window.mjs';

const NAMES = ['Maple', 'Willow', 'Rowan Ash', 'Hazel', 'Alder Buckthorn', 'Birch', 'Cedar', 'Clover',
	'Fern', 'Heather of the Long Name That Goes On and On Until It Ends', 'Juniper', 'Sorrel'];

const wave = (n) => png(96, 96, (x, y) => {
	const on = (x - 48) ** 2 + (y - 40 - n) ** 2 < 900;
	return on ? [240, 200 - n * 9, 90 + n * 11] : [30 + n * 14, 90 + y, 70 + x];
});

async function upload(who, path, n) {
	const answer = await fetch(`${who.base}/api/v1${path}`, {
		method: 'PUT', body: wave(n),
		headers: { authorization: `Bearer ${who.token}`, 'content-type': 'image/png' },
	});
	if (!answer.ok) throw new Error(`PUT ${path} answered ${answer.status}`);
}

const MESSAGES = [
	[0, 'Morning, everybody. The **new beds** are dug, and the soil is in.'],
	[0, 'Please read the one-page note before you plant: https://example.org/beds'],
	[2, 'Great! I can bring two dozen seedlings on Thursday:\n\n1. twelve of chard\n2. twelve of kale, if they live'],
	[3, 'Is ~~15 cm~~ 18 cm deep enough for the roots?'],
	[1, 'Yes, and put `compost` under it.\n\n```python\ndef water(bed):\n    return bed.area * 12  # litres\n```'],
	[4, '> Great!\n\nI have four watering cans, no need for more.'],
	[5, `${'A long message about worms, which are good. '.repeat(50)}`],
];

/** What all rows of the table below need: an owner, people, the server, its channels by name. */
export async function makeWorld(base) {
	const run = runName();
	const people = [];
	for (const name of NAMES) {
		const p = await register(base, `${name.split(' ')[0].toLowerCase()}.${run}`, PASSWORD);
		await p.must(200, 'PATCH', '/me', { display_name: name });
		people.push(p);
	}
	const [owner, mod, ...others] = people;
	const server = await owner.must(201, 'POST', '/servers', { name: 'Kitchen gardeners' });
	const at = `/servers/${server.id}`;
	const { code } = await owner.must(201, 'POST', `${at}/invites`, { expires_in: 0, max_uses: 0 });
	for (const p of people.slice(1)) await p.must([200, 201], 'POST', `/invites/${code}/accept`);
	const second = await mod.must(201, 'POST', '/servers', { name: 'Night train' });
	const invite2 = await mod.must(201, 'POST', `/servers/${second.id}/invites`, {});
	for (const p of [owner, others[0]]) await p.must([200, 201], 'POST', `/invites/${invite2.code}/accept`);
	const w = { base, run, people, owner, mod, others, server, second, code, channels: {} };
	await rolesOf(w, at);
	await channelsOf(w, at);
	await talkOf(w);
	await orderOf(w, at);
	await picturesOf(w);
	return w;
}

async function rolesOf(w, at) {
	const { owner, mod, others } = w;
	w.roles = {};
	for (const [name, color, permissions, mentionable] of [
		['Gardeners', 0x2e7d32, '0', true], ['Bakers', 0xc62828, '0', false], ['Night watch', 0x5e35b1, String((1n << 6n)), true]]) {
		w.roles[name] = await owner.must(201, 'POST', `${at}/roles`, { name, color, mentionable, permissions });
	}
	const { items } = await owner.must(200, 'GET', `${at}/roles`);
	const of = (kind) => items.find((r) => r.kind === kind).id;
	await owner.must(200, 'PATCH', `${at}/members/${mod.id}`, { roles: [of('member'), of('moderator'), w.roles.Gardeners.id] });
	for (const p of others.slice(0, 5)) await owner.must(200, 'PATCH', `${at}/members/${p.id}`, { roles: [of('member'), w.roles.Gardeners.id] });
	await owner.must(200, 'PATCH', `${at}/members/${others[1].id}`, { nickname: 'Hazel the Careful', roles: [of('member'), w.roles.Bakers.id, w.roles['Night watch'].id] });
}

async function channelsOf(w, at) {
	const { owner, mod } = w;
	const make = async (name, body = {}, change) => {
		const c = await owner.must(201, 'POST', `${at}/channels`, { name, kind: 'text', ...body });
		if (change) await owner.must(200, 'PATCH', `/channels/${c.id}`, change);
		w.channels[name] = c;
	};
	const { servers } = await owner.must(200, 'GET', '/bootstrap');
	w.channels.general = servers.find((s) => s.id === w.server.id).channels[0];
	await make('announcements', { topic: 'What everybody should know, and nothing else.' }, { read_only: true });
	await make('planning', { topic: 'Thursdays at seven in the back room. Bring gloves, seeds and something to drink; whoever comes last puts away the chairs.' });
	await make('organisers', { private: true });
	await make('compost', { category: 'Beds and borders' }, { slow_mode: 30 });
	await make('herbs', { category: 'Beds and borders' });
	await make('a-channel-whose-name-is-as-long-as-one-may-be-and-then-some-more', { category: 'Events and outings of the whole year' });
	await make('on-the-web', { category: 'Events and outings of the whole year' }, { web_public: true });
	await make('last-spring', {}, { archived: true });
	await make('old-shed');
	await make('empty');
	await owner.must([200, 204], 'DELETE', `/channels/${w.channels['old-shed'].id}`);
	await owner.must([200, 201, 204], 'PUT', `/channels/${w.channels.organisers.id}/members/${mod.id}`);
}

async function talkOf(w) {
	const { owner, mod, others, people, channels } = w;
	const say = (p, channel, content, more) => p.must(201, 'POST', `/channels/${channel.id}/messages`, { content, ...more });
	w.said = [];
	for (const [who, text] of MESSAGES) w.said.push(await say(people[who], channels.planning, text));
	await say(mod, channels.planning, 'Put me down for the second one.', { reply_to: w.said[2].id });
	await say(mod, channels.planning, `<@${owner.id}> could you bring the small shears? <@&${w.roles.Gardeners.id}> know which.`);
	w.bad = await say(others[8], channels.planning, 'cheap gold here, only today');
	await say(owner, channels.announcements, 'We open at nine on Sunday.');
	await say(owner, channels.general, 'Welcome! Say who you are.');
	await say(others[3], channels.general, 'Hello, I am Birch. Mostly potatoes.');
	await say(owner, channels.organisers, 'Who has the key this week?');
	await say(owner, channels['last-spring'], 'Spring is over.').catch(() => {});
	w.dm = await mod.must([200, 201], 'POST', '/dms', { user_ids: [owner.id] });
	await say(mod, w.dm, 'Do you have the key for the shed this week?');
	await say(owner, w.dm, 'Yes, it hangs behind the door.');
	w.group = await others[1].must([200, 201], 'POST', '/dms', { user_ids: [owner.id, others[0].id] });
	await say(others[1], w.group, 'The list for Sunday is in the folder.');
	await mod.must(200, 'PATCH', '/me', { bio: 'Grows willows.\nAnd beans.', time_zone: 'Asia/Tokyo', custom_status: { emoji: '🌱', text: 'Planting', expires_at: null } });
	await owner.must([200, 201, 204], 'PUT', `/channels/${channels.planning.id}/overrides/${w.roles.Bakers.id}`, { allow: '0', deny: '4' });
	await owner.must([200, 201, 204], 'PUT', `/me/blocks/${others[6].id}`);
}

async function orderOf(w, at) {
	const { owner, mod, others } = w;
	await mod.must(201, 'POST', `/channels/${w.channels.planning.id}/messages/${w.bad.id}/report`, { reason: 'spam', note: 'For the third time this week.' });
	await others[1].must(201, 'POST', `/users/${others[8].id}/report`, { reason: 'abuse', server_id: w.server.id });
	await owner.must([200, 204], 'PUT', `${at}/bans/${others[9].id}`, { reason: 'Advertising, after two warnings', expires_in: 86_400, delete_messages: 0 });
	await owner.must([200, 204], 'PUT', `${at}/bans/${others[7].id}`, { expires_in: 0, delete_messages: 0 });
	await owner.must([200, 204], 'PUT', `${at}/timeouts/${others[5].id}`, { expires_in: 3600, reason: 'Shouting' });
	await owner.must(201, 'POST', `${at}/rules`, { kind: 'words', name: 'No bananas', words: ['banana*'], action: 'block' });
	await owner.must(201, 'POST', `${at}/rules`, { kind: 'links', name: 'Links to places that sell things nobody needs', deny: ['shop.example'], action: 'timeout', timeout_s: 600, enabled: false });
	await owner.must(201, 'POST', `${at}/invites`, { expires_in: 3600, max_uses: 5, channel_id: w.channels.herbs.id });
	await owner.must(201, 'POST', '/me/tokens', { name: 'Weather station', scopes: ['read'], expires_in: 2_592_000 }).catch(() => {});
	await owner.must([200, 201], 'POST', '/servers', { name: 'Old allotment' }).then((s) => owner.must([200, 204], 'DELETE', `/servers/${s.id}`));
}

async function picturesOf(w) {
	for (const [i, p] of w.people.slice(0, 5).entries()) if (i !== 3) await upload(p, '/me/avatar', i);
	await upload(w.owner, `/servers/${w.server.id}/icon`, 6);
}

/** Signs somebody in who has an account, in a window that is open. */
export async function signInAs(page, base, person) {
	await page.goto(base);
	await page.getByLabel('Username').fill(person.name);
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.locator('main[data-region=main]').waitFor();
}

export const anonymously = (base, method, path, json) => request(base, method, `/api/v1${path}`, { json });
