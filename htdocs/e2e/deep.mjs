/* What must hold when things go wrong, get long, or are done by keyboard. Against the real stack. */
import { readFileSync } from 'node:fs';
import {
	assert,
	BASE,
	check,
	equal,
	finish,
	launch,
	open,
	person,
	row,
	run,
	say,
	until,
	wait,
} from './lib.mjs';
import { Client, call, place } from './seed.mjs';

const only = process.argv[2];
const part = (name, work) => (only && !name.includes(only) ? undefined : work());
const axeSource = readFileSync(
	new URL('../node_modules/axe-core/axe.min.js', import.meta.url),
	'utf8',
);

const browser = await launch();
const world = await place(['Ash Grove', 'Birch Wood', 'Cedar Hill'], `Deep ${run}`);
const [ash, birch] = world.people;
const { general, server } = world;

async function signIn(client, options = {}, path = '/') {
	const p = await person(browser, options);
	await p.page.getByLabel('Username').fill(client.user.username);
	await p.page.getByLabel('Password').fill('correct horse battery');
	await p.page.getByRole('button', { name: 'Sign in' }).click();
	await p.page.locator('#composer, [data-region=main]').first().waitFor();
	if (path !== '/') {
		await p.page.goto(BASE + path);
		await p.page.locator('#composer').waitFor();
	}
	return p;
}
const live = (page) => page.locator('[data-health=live]').waitFor();
const channel = async (name, more = {}) =>
	(await ash.call('POST', `/servers/${server.id}/channels`, { name, kind: 'text', ...more })).id;
await part('history', async () => {
	const long = await channel(`long-${run}`);
	for (let i = 1; i <= 460; i++)
		await (i % 3 ? ash : birch).say(long, `line ${i} ${'lorem ipsum '.repeat(i % 7)}`);
	const { page, context } = await signIn(birch, {}, `/c/${long}`);
	const rows = () => page.locator('[role=log] article').count();

	await check('opens at the end of what is unread, at most 300 rows', async () => {
		await page.locator('[role=log] article').first().waitFor();
		assert((await rows()) <= 300, 'too many rows');
	});

	await check('jump to the newest', async () => {
		await page.locator('[role=log] article').last().focus();
		await page.keyboard.press('j');
		await row(page, 'line 460 ').waitFor();
		await until(
			() =>
				page.evaluate(() => {
					const s = document.querySelector('[role=log]').parentElement.parentElement;
					return s.scrollHeight - s.scrollTop - s.clientHeight < 2;
				}),
			'at end',
		);
	});

	await check('paging up keeps the row being read where it is', async () => {
		let worst = 0;
		for (let step = 0; step < 60; step++) {
			const moved = await page.evaluate(async () => {
				const s = document.querySelector('[role=log]').parentElement.parentElement;
				s.scrollTop -= 350;
				await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
				const view = s.getBoundingClientRect().top;
				const seen = [...s.querySelectorAll('article')].find(
					(a) => a.getBoundingClientRect().bottom > view + 5,
				);
				const key = seen.dataset.row;
				const before = seen.getBoundingClientRect().top;
				let worst = 0;
				for (let i = 0; i < 12; i++) {
					await new Promise((r) => requestAnimationFrame(r));
					const now = s.querySelector(`[data-row="${CSS.escape(key)}"]`);
					if (now) worst = Math.max(worst, Math.abs(now.getBoundingClientRect().top - before));
				}
				return worst;
			});
			worst = Math.max(worst, moved);
			assert((await rows()) <= 300, `${await rows()} rows`);
			if ((await row(page, 'line 1 ').count()) > 0) break;
		}
		assert(worst <= 1, `moved by ${worst} px`);
		await row(page, 'line 1 ').first().waitFor({ timeout: 5000 });
	});

	await check('what arrives meanwhile moves nothing, and is offered', async () => {
		const before = await page
			.locator('[role=log] article')
			.nth(5)
			.evaluate((e) => [e.dataset.row, e.getBoundingClientRect().top]);
		await ash.say(long, 'fresh news');
		await page.getByRole('button', { name: '1 new message' }).waitFor();
		const after = await page.evaluate(
			(key) => document.querySelector(`[data-row="${key}"]`).getBoundingClientRect().top,
			before[0],
		);
		assert(Math.abs(after - before[1]) <= 1, `moved by ${after - before[1]}`);
		await page.getByRole('button', { name: '1 new message' }).click();
		await row(page, 'fresh news').waitFor();
	});

	await check('at the end new messages scroll in', async () => {
		await ash.say(long, 'one more');
		await until(
			() =>
				row(page, 'one more').evaluate(
					(e) => e.getBoundingClientRect().bottom <= window.innerHeight,
				),
			'in view',
		);
	});

	await check('leaving and coming back restores the place', async () => {
		await page.evaluate(() => {
			const s = document.querySelector('[role=log]').parentElement.parentElement;
			s.scrollTop -= 1500;
		});
		await wait(300);
		const at = await page.evaluate(() => {
			const s = document.querySelector('[role=log]').parentElement.parentElement;
			const v = s.getBoundingClientRect().top;
			const a = [...s.querySelectorAll('article')].find((x) => x.getBoundingClientRect().top >= v);
			return [a.dataset.row, a.getBoundingClientRect().top];
		});
		await page.getByRole('link', { name: /^general/ }).click();
		await page.getByRole('heading', { name: 'general' }).waitFor();
		await page.getByRole('link', { name: new RegExp(`^long-${run}`) }).click();
		await page.getByRole('heading', { name: `long-${run}` }).waitFor();
		await wait(300);
		const back = await page.evaluate(
			(key) => document.querySelector(`[data-row="${key}"]`)?.getBoundingClientRect().top,
			at[0],
		);
		assert(back !== undefined && Math.abs(back - at[1]) <= 1, `was at ${at[1]}, is at ${back}`);
	});

	await check('a link to an old message lands on it, cold', async () => {
		const old = (await ash.call('GET', `/channels/${long}/messages?limit=100`)).items.at(-1);
		await page.goto(`${BASE}/c/${long}/${old.id}`);
		const target = page.locator(`[data-message="${old.id}"]`);
		await target.waitFor();
		const box = await target.boundingBox();
		assert(box.y > 60 && box.y < 700, `at ${box.y}`);
	});

	await check('many unread: the first is one press away', async () => {
		await ash.say(general.id, 'read before');
		await birch.call('PUT', `/channels/${general.id}/read`, { seq: 1 });
		for (let i = 1; i <= 130; i++) await ash.say(general.id, `backlog ${i}`);
		await page.goto(`${BASE}/c/${general.id}`);
		await page.locator('[role=log] article').first().waitFor();
		await wait(400);
		const button = page.getByRole('button', { name: 'Jump to the first unread' });
		if (await button.count()) {
			await button.click();
			await row(page, 'backlog 1').first().waitFor();
		} else await page.getByText('New', { exact: true }).waitFor();
	});
	await context.close();
});

await part('outbox', async () => {
	const c = await channel(`outbox-${run}`);
	const { page, context } = await signIn(ash, {}, `/c/${c}`);
	await live(page);
	const inServer = async (text) =>
		(await birch.call('GET', `/channels/${c}/messages?limit=100`)).items.filter(
			(m) => m.content === text,
		).length;

	await check('a lost answer ends in one message', async () => {
		let posts = 0;
		await page.route('**/messages', async (route) => {
			if (route.request().method() !== 'POST') return route.continue();
			posts++;
			if (posts > 1) return route.continue();
			await route.fetch();
			await route.abort('connectionreset');
		});
		await say(page, 'lost once');
		await until(async () => (await page.locator('[data-pending]').count()) === 0, 'delivered');
		await wait(1500);
		equal([await row(page, 'lost once').count(), await inServer('lost once')], [1, 1], 'rows');
		await page.unroute('**/messages');
	});

	await check('a refusal says why and offers what to do', async () => {
		await page.route('**/messages', (route) =>
			route.request().method() === 'POST'
				? route.fulfill({
						status: 403,
						contentType: 'application/problem+json',
						body: '{"code":"forbidden","status":403}',
					})
				: route.continue(),
		);
		await say(page, 'not allowed');
		const failed = row(page, 'not allowed');
		await failed.getByText('Not sent.').waitFor();
		await failed.getByText('You are not allowed to do that.').waitFor();
		await page.unroute('**/messages');
		await failed.getByRole('button', { name: 'Try again' }).click();
		await until(
			async () => (await page.locator('[data-pending]').count()) === 0,
			'delivered after retry',
		);
		equal(await inServer('not allowed'), 1);
	});

	await check('429 waits as long as it is told', async () => {
		let posts = 0;
		await page.route('**/messages', (route) => {
			if (route.request().method() !== 'POST' || posts++ > 0) return route.continue();
			return route.fulfill({
				status: 429,
				headers: { 'Retry-After': '2' },
				contentType: 'application/problem+json',
				body: '{"code":"rate_limited","status":429}',
			});
		});
		const begin = Date.now();
		await say(page, 'slowly');
		await until(
			async () => (await page.locator('[data-pending]').count()) === 0,
			'delivered',
			15000,
		);
		assert(Date.now() - begin >= 1900, 'too early');
		await page.unroute('**/messages');
	});

	await check('written offline, it survives a reload and is sent once, in order', async () => {
		await page.route('**/messages', (route) =>
			route.request().method() === 'POST' ? route.abort('internetdisconnected') : route.continue(),
		);
		await say(page, 'offline one');
		await say(page, 'offline two');
		await row(page, 'offline two').waitFor();
		await row(page, 'offline one').getByText('Waiting for the connection').waitFor();
		await page.reload();
		await row(page, 'offline two').waitFor();
		equal(await inServer('offline one'), 0);
		await page.unroute('**/messages');
		await until(
			async () => (await page.locator('[data-pending]').count()) === 0,
			'delivered',
			40000,
		);
		const items = (await birch.call('GET', `/channels/${c}/messages`)).items.map((m) => m.content);
		equal(items.slice(0, 2), ['offline two', 'offline one']);
	});

	await check('a draft survives a reload and marks its channel', async () => {
		await page.locator('#composer').fill('half a thought');
		await page.reload();
		await until(
			async () => (await page.locator('#composer').inputValue()) === 'half a thought',
			'draft',
		);
		await page.getByRole('link', { name: /^general/ }).click();
		await page.getByRole('heading', { name: 'general' }).waitFor();
		await page.getByRole('img', { name: 'Draft' }).waitFor();
	});
	await context.close();
});

await part('connection', async () => {
	const c = await channel(`wire-${run}`);
	const tell = async (page, text) => {
		await birch.say(c, text);
		await row(page, text).waitFor({ timeout: 20000 });
	};
	const block = (list) => {
		if (list.includes('socket'))
			window.WebSocket = class extends EventTarget {
				constructor() {
					super();
					setTimeout(() => this.onclose?.({ code: 1006 }));
				}
				close() {}
			};
		if (list.includes('sse'))
			window.EventSource = class extends EventTarget {
				constructor() {
					super();
					setTimeout(() => this.onerror?.());
				}
				close() {}
			};
	};
	for (const [list, rung, health] of [
		[['socket'], 'sse', 'live'],
		[['socket', 'sse'], 'long-poll', 'delayed'],
		[['socket', 'sse', 'long'], 'poll', 'delayed'],
	]) {
		await check(
			`without ${list.join(' and ')} it falls to ${rung} and says ${health}`,
			async () => {
				const { page, context } = await signIn(ash);
				await context.addInitScript(block, list);
				if (list.includes('long'))
					await context.route('**/stream?*wait=*', (r) => r.fulfill({ status: 502, body: '' }));
				await page.goto(`${BASE}/c/${c}`);
				await page.locator(`[data-health=${health}]`).waitFor({ timeout: 40000 });
				await tell(page, `by ${rung}`);
				await context.close();
			},
		);
	}

	await check('missed while away comes once after the connection is back', async () => {
		const { page, context } = await signIn(ash, {}, `/c/${c}`);
		await live(page);
		await context.setOffline(true);
		await page.locator('[data-health=offline]').waitFor();
		await page.getByText('No connection.').first().waitFor();
		for (let i = 0; i < 5; i++) await birch.say(c, `missed ${i}`);
		await context.setOffline(false);
		await row(page, 'missed 4').waitFor({ timeout: 40000 });
		for (let i = 0; i < 5; i++) equal(await row(page, `missed ${i}`).count(), 1, `missed ${i}`);
		await live(page);
		await context.close();
	});

	await check('three tabs hold one connection; when its tab goes another takes over', async () => {
		const { page, context } = await signIn(ash);
		let sockets = 0;
		const count = (p) => p.on('websocket', () => sockets++);
		const first = await open(context, `/c/${c}`);
		await page.close();
		count(first);
		await first.reload();
		await live(first);
		const second = await open(context, `/c/${c}`);
		count(second);
		const third = await open(context, `/c/${c}`);
		count(third);
		await second.reload();
		await live(second);
		await live(third);
		equal(sockets, 1, 'sockets');
		await tell(second, 'to a follower');
		await row(third, 'to a follower').waitFor();
		await say(second, 'from a follower');
		await row(third, 'from a follower').waitFor();
		await row(first, 'from a follower').waitFor();
		equal(await row(first, 'from a follower').count(), 1);
		await first.close();
		await birch.say(c, 'in between');
		for (const p of [second, third]) {
			await row(p, 'in between').waitFor({ timeout: 20000 });
			equal(await row(p, 'in between').count(), 1);
		}
		await context.close();
	});

	await check('reading in one tab clears the other', async () => {
		const { page, context } = await signIn(ash, {}, `/c/${general.id}`);
		const other = await signIn(ash, {}, `/c/${general.id}`);
		await live(page);
		await live(other.page);
		await birch.say(c, 'unread here');
		await other.page.getByRole('link', { name: `wire-${run}, unread` }).waitFor();
		await page.bringToFront();
		await page.getByRole('link', { name: `wire-${run}, unread` }).click();
		await other.page.getByRole('link', { name: `wire-${run}`, exact: true }).waitFor();
		await context.close();
		await other.context.close();
	});
});

await part('session', async () => {
	await check('an ended session asks over the page and keeps the draft', async () => {
		const { page, context } = await signIn(ash, {}, `/c/${general.id}`);
		await live(page);
		await page.locator('#composer').fill('do not lose me');
		const other = await open(context, `/c/${general.id}`);
		await live(other);
		const fresh = await call(null, 'POST', '/auth/login', {
			login: ash.user.username,
			password: 'correct horse battery',
		});
		const list = await call(fresh.access_token, 'GET', '/me/sessions');
		for (const s of list.items.filter((x) => /Chrome/.test(x.user_agent ?? '')))
			await call(fresh.access_token, 'DELETE', `/me/sessions/${s.id}`);
		await page.getByText('Your session has ended').waitFor({ timeout: 20000 });
		await other.getByText('Your session has ended').waitFor();
		await other.getByLabel('Password').fill('correct horse battery');
		await other.getByRole('button', { name: 'Sign in' }).click();
		for (const p of [other, page])
			await p.getByText('Your session has ended').waitFor({ state: 'detached' });
		equal(await page.locator('#composer').inputValue(), 'do not lose me');
		await live(page);
		await say(page, `back again ${run}`);
		await row(page, `back again ${run}`).waitFor();
		await until(async () => (await page.locator('[data-pending]').count()) === 0, 'sent');
		await context.close();
	});

	await check('sign out ends it in every tab', async () => {
		const { page, context } = await signIn(ash);
		const other = await open(context);
		await other.locator('[data-region=main]').waitFor();
		await page.keyboard.press('Control+,');
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('button', { name: 'Sign in' }).waitFor();
		await other.getByRole('button', { name: 'Sign in' }).waitFor();
		await context.close();
	});

	await check('display name, password, sessions and tokens', async () => {
		const me = await Client.register(`zinnia.${run}`, 'Zinnia');
		const { page, context } = await signIn(me);
		await page.getByRole('button', { name: 'Your settings' }).click();
		const box = page.getByRole('dialog');
		await box.getByLabel('Display name').fill('Zinnia Bed');
		await box.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Saved').waitFor();
		await page.locator('[data-region=sidebar]').getByText('Zinnia Bed').waitFor();
		const email = box.getByLabel('E-mail address');
		equal(await email.inputValue(), '');
		await email.fill('not one');
		await box.getByRole('button', { name: 'Save' }).click();
		equal(await email.evaluate((field) => field.validity.typeMismatch), true);
		await email.fill(`zinnia.${run}@example.org`);
		await box.getByRole('button', { name: 'Save' }).click();
		const stored = async () => (await me.call('GET', '/me')).email;
		await until(async () => (await stored()) === `zinnia.${run}@example.org`, 'stored');
		await page.reload();
		await page.getByRole('button', { name: 'Your settings' }).click();
		equal(await email.inputValue(), `zinnia.${run}@example.org`);
		await email.fill('');
		await box.getByRole('button', { name: 'Save' }).click();
		await until(async () => (await stored()) === null, 'removed');
		await box.getByRole('tab', { name: 'Password' }).click();
		await box.getByLabel('Current password').fill('wrong wrong');
		await box.getByLabel('New password').fill('another good one');
		await box.getByRole('button', { name: 'Change password' }).click();
		await box.getByText('The current password is not right.').waitFor();
		await box.getByLabel('Current password').fill('correct horse battery');
		await box.getByRole('button', { name: 'Change password' }).click();
		await page.getByText('Password changed').waitFor();
		await call(null, 'POST', '/auth/login', {
			login: me.user.username,
			password: 'another good one',
		});
		await box.getByRole('tab', { name: 'Sessions' }).click();
		await box.getByText('This browser').waitFor();
		await box.getByRole('button', { name: 'End session' }).first().click();
		await until(
			async () => (await box.getByRole('button', { name: 'End session' }).count()) === 0,
			'ended',
		);
		await box.getByRole('tab', { name: 'Access tokens' }).click();
		await box.getByLabel('What is it for?').fill('backup script');
		await box.getByLabel('Access', { exact: true }).selectOption('read');
		await box.getByRole('button', { name: 'Create token' }).click();
		await box.getByText('Reads only').waitFor();
		const secret = await box.locator('code').first().textContent();
		equal((await call(secret, 'GET', '/me')).username, me.user.username);
		await box.getByRole('button', { name: 'Revoke' }).click();
		await until(async () => (await box.getByText('backup script').count()) === 0, 'revoked');
		await context.close();
	});

	await check('wrong password says so', async () => {
		const { page, context } = await person(browser);
		await page.getByLabel('Username').fill('nobody.here');
		await page.getByLabel('Password').fill('wrong password');
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByText('That name and password do not match.').waitFor();
		await page.goto(`${BASE}/sign-up`);
		await page.getByLabel('Username').fill(ash.user.username);
		await page.getByLabel('Password').fill('wrong password');
		await page.getByRole('button', { name: 'Create account' }).click();
		await page.getByText('That name is taken.').waitFor();
		await context.close();
	});
});

await part('places', async () => {
	await check('being removed takes the server away, live', async () => {
		const { page, context } = await signIn(world.people[2], {}, `/c/${general.id}`);
		await live(page);
		await ash.call('DELETE', `/servers/${server.id}/members/${world.people[2].user.id}`);
		await page.getByText('This channel is no longer here for you').waitFor();
		equal(await page.getByRole('link', { name: `Deep ${run}` }).count(), 0);
		await context.close();
	});

	await check('a private channel appears only when shared, and goes when not', async () => {
		const secret = await channel(`secret-${run}`, { private: true });
		const { page, context } = await signIn(birch, {}, `/c/${general.id}`);
		await live(page);
		equal(await page.getByRole('link', { name: `secret-${run}` }).count(), 0);
		const owner = await signIn(ash, {}, `/c/${secret}`);
		await owner.page.getByRole('link', { name: `secret-${run}` }).hover();
		await owner.page.getByRole('button', { name: `Options of secret-${run}` }).click();
		await owner.page.getByRole('menuitem', { name: 'People' }).click();
		await owner.page.getByRole('button', { name: 'Add Birch Wood' }).click();
		await page.getByRole('link', { name: `secret-${run}` }).click();
		await ash.say(secret, 'between us');
		await row(page, 'between us').waitFor();
		await owner.page.getByRole('button', { name: 'Remove Birch Wood' }).click();
		await page.getByText('This channel is no longer here for you').waitFor();
		equal(await page.getByRole('link', { name: `secret-${run}` }).count(), 0);
		await owner.context.close();
		await context.close();
	});

	await check('rename, topic, delete of a channel reach the others', async () => {
		const c = await channel(`fleeting-${run}`);
		const a = await signIn(ash, {}, `/c/${c}`);
		const b = await signIn(birch, {}, `/c/${c}`);
		await live(b.page);
		await a.page.getByRole('link', { name: `fleeting-${run}` }).hover();
		await a.page.getByRole('button', { name: `Options of fleeting-${run}` }).click();
		await a.page.getByRole('menuitem', { name: 'Edit channel' }).click();
		await a.page.getByLabel('Name').fill(`renamed-${run}`);
		await a.page.getByLabel('Topic').fill('new topic');
		await a.page.getByRole('button', { name: 'Save' }).click();
		await b.page.getByRole('heading', { name: `renamed-${run}` }).waitFor();
		await b.page.getByText('new topic').waitFor();
		await a.page.getByRole('link', { name: `renamed-${run}` }).hover();
		await a.page.getByRole('button', { name: `Options of renamed-${run}` }).click();
		await a.page.getByRole('menuitem', { name: 'Delete channel' }).click();
		await a.page.getByRole('dialog').getByRole('button', { name: 'Delete channel' }).click();
		await b.page.getByText('This channel is no longer here for you').waitFor();
		await a.page.getByRole('heading', { name: 'general' }).waitFor();
		await a.context.close();
		await b.context.close();
	});

	await check('a group of three from the people picker', async () => {
		await world.people[2].call('POST', `/invites/${world.code}/accept`);
		const { page, context } = await signIn(ash, {}, '/dms').catch(() => signIn(ash));
		await page.goto(`${BASE}/dms`);
		await page.getByRole('button', { name: 'New conversation' }).first().click();
		await page.locator(`[data-person="${birch.user.username}"]`).click();
		await page.locator(`[data-person="${world.people[2].user.username}"]`).click();
		await page.getByRole('button', { name: 'Start group' }).click();
		await page
			.getByRole('heading', { name: /Birch Wood, Cedar Hill|Cedar Hill, Birch Wood/ })
			.waitFor();
		await say(page, 'hello both');
		const boot = await birch.call('GET', '/bootstrap');
		assert(
			boot.dms.some((d) => d.kind === 'group' && d.members.length === 3),
			'group not there',
		);
		await context.close();
	});

	await check('leaving a group asks first, and the others stay', async () => {
		const cedar = world.people[2];
		const group = await ash.call('POST', '/dms', { user_ids: [birch.user.id, cedar.user.id] });
		const { page, context } = await signIn(cedar, {}, `/c/${group.id}`);
		const leave = async () => {
			await page.locator(`[data-channel="${group.id}"]`).hover();
			await page.getByRole('button', { name: /^Options of .*Ash Grove/ }).click();
			await page.getByRole('menuitem', { name: 'Leave conversation' }).click();
		};
		const others = async () => {
			const boot = await ash.call('GET', '/bootstrap');
			return boot.dms
				.find((d) => d.id === group.id)
				.members.map((u) => u.id)
				.sort();
		};
		await leave();
		await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
		equal((await others()).length, 3);
		await leave();
		await page.getByRole('dialog').getByRole('button', { name: 'Leave conversation' }).click();
		await page.locator(`[data-channel="${group.id}"]`).waitFor({ state: 'detached' });
		// The event may be quicker than the answer, which leads away.
		await until(async () => !page.url().includes(group.id), 'gone elsewhere');
		equal(await others(), [ash.user.id, birch.user.id].sort());
		await context.close();
	});

	await check('categories fold by keyboard, and stay folded', async () => {
		const one = await place(['Fern Bank'], `Folded ${run}`);
		const [fern] = one.people;
		const make = (name, more) =>
			fern.call('POST', `/servers/${one.server.id}/channels`, { name, kind: 'text', ...more });
		await make('saw', { category: 'Tools' });
		await make('drill', { category: 'Tools' });
		await make('hall', { kind: 'audio', category: 'Rooms' });
		const { page, context } = await signIn(fern, {}, `/c/${one.general.id}`);
		const side = page.locator('[data-region=sidebar]');
		const shown = () =>
			side.locator('[data-channel]').evaluateAll((all) => all.map((a) => a.textContent));
		const head = (name) => side.getByRole('button', { name, exact: true });
		equal(await shown(), ['general', 'saw', 'drill', 'hall']);
		equal(await side.getByRole('heading').allTextContents(), ['Text channels', 'Tools', 'Rooms']);
		await head('Tools').focus();
		await page.keyboard.press('Enter');
		equal(await head('Tools').getAttribute('aria-expanded'), 'false');
		equal(await shown(), ['general', 'hall']);
		await page.reload();
		await page.locator('#composer').waitFor();
		equal(await shown(), ['general', 'hall']);
		await head('Tools').focus();
		await page.keyboard.press('Space');
		equal(await head('Tools').getAttribute('aria-expanded'), 'true');
		equal((await shown()).length, 4);
		await side.getByRole('link', { name: 'saw' }).click();
		await head('Tools').click();
		equal(await shown(), ['general', 'saw', 'hall'], 'the open one stays');
		await side.getByRole('button', { name: 'Create channel in Rooms' }).click();
		await page.getByLabel('Name').fill('attic');
		await page.getByRole('button', { name: 'Create', exact: true }).click();
		await page.getByRole('heading', { name: 'attic' }).waitFor();
		equal(await shown(), ['general', 'hall', 'attic']);
		await side.getByRole('link', { name: 'attic' }).hover();
		await page.getByRole('button', { name: 'Options of attic' }).click();
		await page.getByRole('menuitem', { name: 'Edit channel' }).click();
		await page.getByLabel('Category').fill('');
		await page.getByRole('button', { name: 'Save' }).click();
		await until(
			async () => JSON.stringify(await shown()) === '["general","attic","hall"]',
			'moved out',
		);
		await context.close();
	});

	await check('an address that is no place says so', async () => {
		const { page, context } = await signIn(birch);
		for (const path of ['/s/__proto__', '/s/constructor', '/c/__proto__', '/s/1', '/c/1']) {
			await page.goto(BASE + path);
			await page.getByText('Nothing here').waitFor();
		}
		await context.close();
	});

	await check('an invite: revoked it is gone, a member goes straight in', async () => {
		const { page, context } = await signIn(ash, {}, `/c/${general.id}`);
		await page.goto(`${BASE}/invite/${world.code}`);
		await page.getByRole('heading', { name: 'general' }).waitFor();
		await page.getByRole('button', { name: 'Server menu' }).click();
		await page.getByRole('menuitem', { name: 'Invite people' }).click();
		await page.getByLabel('Expires').selectOption('3600');
		await page.getByLabel('Can be used').selectOption('1');
		await page.getByRole('button', { name: 'Create and copy link' }).click();
		await page.getByText('0 of 1 uses').waitFor();
		const link = await page.locator('[data-invite]').first().getAttribute('data-invite');
		equal(await page.evaluate(() => navigator.clipboard.readText()), link);
		await page.getByRole('button', { name: 'Revoke link' }).first().click();
		await page.getByText('0 of 1 uses').waitFor({ state: 'detached' });
		const stranger = await person(browser);
		await stranger.page.goto(link);
		await stranger.page.getByText('This invite no longer works').waitFor();
		await stranger.context.close();
		await context.close();
	});

	await check('leave, and delete by typing the name', async () => {
		const small = await place(['Olive Press', 'Rowan Lane'], `Short ${run}`);
		const [olive, rowan] = small.people;
		const b = await signIn(rowan, {}, `/c/${small.general.id}`);
		await b.page.getByRole('button', { name: 'Server menu' }).click();
		await b.page.getByRole('menuitem', { name: 'Leave server' }).click();
		await b.page.getByRole('dialog').getByRole('button', { name: 'Leave server' }).click();
		await b.page.getByText('Welcome to Moot').waitFor();
		await b.context.close();
		const a = await signIn(olive, {}, `/c/${small.general.id}`);
		await a.page.getByRole('button', { name: 'Server menu' }).click();
		await a.page.getByRole('menuitem', { name: 'Server settings' }).click();
		const kill = a.page.getByRole('button', { name: 'Delete server' });
		assert(await kill.isDisabled(), 'not yet typed');
		await a.page.getByLabel(/to confirm/).fill(`Short ${run}`);
		await kill.click();
		await a.page.getByText('Welcome to Moot').waitFor();
		await a.context.close();
	});
});

await part('keyboard', async () => {
	const { page, context } = await signIn(birch, {}, `/c/${general.id}`);
	await live(page);
	const focused = () =>
		page.evaluate(() => document.activeElement?.closest('[data-region]')?.dataset.region);
	await channel(`second-${run}`);
	await ash.say(general.id, 'first of the keys');
	await ash.say(general.id, 'for the keys');
	await row(page, 'for the keys').first().waitFor();

	await check('F6 goes round the regions and back', async () => {
		await page.locator('#composer').focus();
		const seen = [];
		for (let i = 0; i < 4; i++) {
			await page.keyboard.press('F6');
			seen.push(await focused());
		}
		equal(seen, ['rail', 'sidebar', 'main', 'composer']);
		await page.keyboard.press('Shift+F6');
		equal(await focused(), 'main');
	});

	await check('one tab stop in the list, arrows move, Enter goes in, Esc out', async () => {
		equal(await page.locator('[role=log] [tabindex="0"]:not(pre)').count(), 1);
		await page.keyboard.press('End');
		const last = await page.evaluate(() => document.activeElement.dataset.row);
		await page.keyboard.press('ArrowUp');
		assert(
			(await page.evaluate(() => document.activeElement.dataset.row)) !== last,
			'did not move',
		);
		await page.keyboard.press('Enter');
		equal(await page.evaluate(() => document.activeElement.tagName), 'BUTTON');
		await page.keyboard.press('Escape');
		equal(await page.evaluate(() => document.activeElement.tagName), 'ARTICLE');
		await page.keyboard.press('r');
		await page.getByText('Replying to').waitFor();
		equal(await page.evaluate(() => document.activeElement.id), 'composer');
		await page.keyboard.press('Escape');
		await page.getByText('Replying to').waitFor({ state: 'detached' });
	});

	await check('Alt+Down and Alt+Up change the channel', async () => {
		const name = () => page.locator('h1').textContent();
		const before = await name();
		await page.keyboard.press('Alt+ArrowDown');
		await until(async () => (await name()) !== before, 'moved');
		await page.keyboard.press('Alt+ArrowUp');
		await until(async () => (await name()) === before, 'back');
	});

	await check('Ctrl+K finds and goes', async () => {
		const c = await channel(`findme-${run}`);
		await page.getByRole('link', { name: `findme-${run}` }).waitFor();
		await page.keyboard.press('Control+k');
		await page.getByRole('combobox').fill('findme');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: `findme-${run}` }).waitFor();
		assert(page.url().endsWith(c), page.url());
	});

	await check('after a dialog that led elsewhere one can write at once', async () => {
		await page.getByRole('button', { name: 'Create server' }).first().focus();
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor();
		await page.keyboard.type(`Elsewhere ${run}`);
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await page.getByRole('heading', { name: 'general' }).waitFor();
		await until(
			() => page.evaluate(() => document.activeElement.id === 'composer'),
			'focus in the composer',
		);
	});

	await check('Ctrl+/ shows the keys; Esc closes and gives the focus back', async () => {
		await page.locator('#composer').focus();
		await page.keyboard.press('Control+/');
		await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
		await page.keyboard.press('Escape');
		await until(() => page.evaluate(() => document.activeElement?.id === 'composer'), 'focus back');
	});

	await check('new messages are announced once, politely; history is not', async () => {
		await page.goto(`${BASE}/c/${general.id}`);
		await live(page);
		await wait(1500);
		equal((await page.locator('[aria-live=polite]').first().textContent()).trim(), '');
		await ash.say(general.id, 'please **announce** me');
		await page
			.locator('[aria-live=polite]', { hasText: 'Ash Grove: please announce me' })
			.waitFor({ state: 'attached' });
	});
	await context.close();
});

await part('access', async () => {
	const said = await birch.say(general.id, 'hello **there** https://example.org `code`');
	await ash.say(general.id, `<@${birch.user.id}> a mention\n\n> a quote`, { reply_to: said.id });
	await ash.say(general.id, `<@${birch.user.id}> [example.org](https://example.net)`);
	await channel(`shelf-${run}`, { category: 'Shelves' });
	const audit = async (page, what) => {
		await page.evaluate(axeSource).catch(async () => {
			await page.addScriptTag({ content: axeSource });
		});
		const found = await page.evaluate(() =>
			window.axe.run(document, {
				runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
			}),
		);
		equal(
			found.violations.map(
				(v) =>
					`${what}: ${v.id}: ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].any
						.map((a) => a.message)
						.join('; ')
						.slice(0, 160)}`,
			),
			[],
			'axe',
		);
	};
	for (const colorScheme of ['light', 'dark']) {
		await check(`axe, ${colorScheme}`, async () => {
			const { page, context } = await person(browser, {
				colorScheme,
				bypassCSP: true,
				reducedMotion: 'reduce',
			});
			await page.getByLabel('Username').waitFor();
			await audit(page, 'sign-in');
			await page.goto(`${BASE}/sign-up`);
			await page.getByLabel('Display name').waitFor();
			await audit(page, 'sign-up');
			await page.goto(`${BASE}/invite/${world.code}`);
			await page.getByText(`Deep ${run}`).waitFor();
			await audit(page, 'invite');
			await page.goto(BASE);
			await page.getByLabel('Username').fill(ash.user.username);
			await page.getByLabel('Password').fill('correct horse battery');
			await page.getByRole('button', { name: 'Sign in' }).click();
			await page.locator('#composer').waitFor();
			await page.goto(`${BASE}/c/${general.id}`);
			await page.locator('[role=log] article').first().waitFor();
			await page.getByRole('button', { name: 'Members' }).click();
			await page.getByText('Owner').waitFor();
			await page.locator('[role=log] article').last().hover();
			await audit(page, 'channel');
			for (const [key, name] of [
				['Control+k', 'switcher'],
				['Control+/', 'keys'],
				['Control+,', 'account'],
			]) {
				await page.locator('#composer').focus();
				await page.keyboard.press(key);
				await page.getByRole('dialog').waitFor();
				await wait(200);
				await audit(page, name);
				await page.keyboard.press('Escape');
				await page.getByRole('dialog').waitFor({ state: 'detached' });
			}
			await context.close();
		});
	}

	for (const width of [320, 360, 768]) {
		await check(`nothing is wider than ${width} px`, async () => {
			const { page, context } = await signIn(
				ash,
				{ viewport: { width, height: 640 }, isMobile: width < 700, hasTouch: width < 700 },
				`/c/${general.id}`,
			);
			const wide = () =>
				page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
			await page.locator('[role=log] article').first().waitFor();
			assert((await wide()) <= 0, `channel by ${await wide()}`);
			if (width < 700) {
				await page.getByRole('button', { name: 'Open servers and channels' }).click();
				await page.getByRole('link', { name: /^general/ }).waitFor();
				assert((await wide()) <= 0, 'drawer');
				await page.getByRole('link', { name: /^general/ }).click();
				await until(async () => (await page.getByRole('dialog').count()) === 0, 'drawer closes');
				await page.locator('[role=log] article').last().tap();
				await page.getByRole('button', { name: 'More' }).waitFor();
			}
			await say(page, `from ${width} px`);
			await row(page, `from ${width} px`).waitFor();
			await page.getByRole('button', { name: 'Members' }).click();
			await page.getByText('Owner').waitFor();
			assert((await wide()) <= 0, 'members');
			await context.close();
		});
	}

	await check('the theme is there before the first paint', async () => {
		const { page, context } = await signIn(ash, { colorScheme: 'light' });
		await page.keyboard.press('Control+,');
		await page.getByRole('tab', { name: 'Appearance' }).click();
		await page.getByText('Dark', { exact: true }).click();
		equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
		await page.route('**/assets/*.js', (r) => r.abort());
		await page.reload({ waitUntil: 'commit' });
		await until(
			() => page.evaluate(() => document.documentElement.dataset.theme === 'dark'),
			'dark without the client',
		);
		await context.close();
	});
});

await browser.close();
finish();
