/* Pictures of every screen: dark and light, 1280 and 360 wide. Looked at by people. */
import { BASE, finish, launch, person, shot, wait } from './lib.mjs';
import { place } from './seed.mjs';

const { people, server, general } = await place(
	['Iris Field', 'Thyme Café', 'Mint Garden', 'Juniper Hill', 'Poppy Meadow'],
	'Riverside Makers',
);
const [iris, thyme, mint, juniper, poppy] = people;
const make = (name, more = {}) =>
	iris.call('POST', `/servers/${server.id}/channels`, { name, kind: 'text', ...more });
const build = await make('build-night', {
	topic: 'Thursdays, 19:00, back room. Bring safety glasses.',
});
await make('laser-cutter');
await make('organisers', { private: true });
await make('workshop', { kind: 'audio' });
await make('show-and-tell', { kind: 'video' });
for (const name of ['band-saw', 'lathe', '3d-printers']) await make(name, { category: 'Machines' });
await make('sunday-market', { category: 'Events and outings' });
await make('stage', { kind: 'audio', category: 'Events and outings' });
const talk = build.id;
await iris.say(
	talk,
	'Evening all. The new **band saw** is wired up, the guard is on, and it passed its test cut.',
);
await iris.say(
	talk,
	'Please read the one-page note before you use it: https://example.org/band-saw',
);
await thyme.say(
	talk,
	'Great news! I can run two short inductions on Thursday:\n\n1. 19:15, up to four people\n2. 20:00, up to four people',
);
const q = await mint.say(
	talk,
	'Put me down for the second one. Is ~~15 mm~~ 18 mm ply fine for a first cut?',
);
await thyme.say(talk, 'Yes, with the coarse blade.', { reply_to: q.id });
await juniper.say(
	talk,
	'The counter script now reads the door sensor too:\n\n```python\ndef on_open(event):\n    count["visits"] += 1\n    log.info("door %s at %s", event.id, event.at)\n```',
);
await poppy.say(
	talk,
	`<@${iris.user.id}> could you bring the small clamps? > the blue ones, not the heavy ones`,
);
await juniper.say(talk, 'I have four of those, no need.');
await poppy.say(general.id, 'Welcome everyone! Introduce yourself here.');
for (const [who, text] of [
	[mint, 'Hi, Mint here. Mostly wood, some electronics.'],
	[juniper, 'Juniper, firmware and bad puns.'],
])
	await who.say(general.id, text);
const dm = await thyme.call('POST', '/dms', { user_ids: [iris.user.id] });
await thyme.say(dm.id, 'Do you have the key for the back room this week?');
const group = await iris.call('POST', '/dms', { user_ids: [mint.user.id, poppy.user.id] });
await mint.say(group.id, 'Agenda for Sunday is in the folder.');

const browser = await launch();
for (const [theme, width, height] of [
	['light', 1280, 800],
	['dark', 1280, 800],
	['light', 360, 740],
	['dark', 360, 740],
]) {
	const tag = `${theme}-${width}`;
	const phone = width < 700;
	const { context, page } = await person(browser, {
		viewport: { width, height },
		colorScheme: theme,
		hasTouch: phone,
		isMobile: phone,
		deviceScaleFactor: phone ? 2 : 1,
	});
	const say = (name) => shot(page, `${tag}-${name}`);
	await page.getByLabel('Username').waitFor();
	await say('01-sign-in');
	await page.goto(`${BASE}/sign-up`);
	await page.getByLabel('Display name').waitFor();
	await page.getByLabel('Username').fill('x');
	await say('02-sign-up');
	await page.goto(BASE);
	await page.getByLabel('Username').fill(iris.user.username);
	await page.getByLabel('Password').fill('correct horse battery');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.locator('#composer').waitFor();
	await page.goto(`${BASE}/c/${talk}`);
	await page.getByText('The counter script').waitFor();
	await page
		.locator('[data-health=live]')
		.waitFor({ state: phone ? 'attached' : 'visible' })
		.catch(() => {});
	if (!phone) {
		await page.locator('article', { hasText: 'The counter script' }).hover();
		await wait(700);
	}
	await say('03-channel');
	if (!phone) {
		await page.getByRole('button', { name: 'Members' }).click();
		await page.getByText('Owner').waitFor();
		await page.mouse.move(640, 780);
		await say('04-members');
		await page.getByRole('button', { name: 'Members' }).click();
		await page.locator('article', { hasText: 'Evening all' }).hover();
		await page
			.locator('article', { hasText: 'Evening all' })
			.getByRole('button', { name: 'More' })
			.click();
		await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
		await say('05-menu');
		await page.keyboard.press('Escape');
	} else {
		await page.getByRole('button', { name: 'Open servers and channels' }).click();
		await page.getByRole('dialog').waitFor();
		await wait(300);
		await say('04-drawer');
		await page.keyboard.press('Escape');
	}
	await page.goto(`${BASE}/c/${dm.id}`);
	await page.getByText('Do you have the key').waitFor();
	await say('06-dm');
	for (const [key, name] of [
		['Control+k', '07-switcher'],
		['Control+/', '08-keys'],
		['Control+,', '09-account'],
	]) {
		await page.keyboard.press(key);
		await page.getByRole('dialog').waitFor();
		await wait(250);
		await say(name);
		if (name.startsWith('09')) {
			await page.getByRole('tab', { name: 'Access tokens' }).click();
			await wait(400);
			await say('10-tokens');
			await page.getByRole('tab', { name: 'Appearance' }).click();
			await wait(200);
			await say('11-appearance');
		}
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
	}
	await page.goto(`${BASE}/c/${talk}`);
	await page.locator('#composer').waitFor();
	if (phone) await page.getByRole('button', { name: 'Open servers and channels' }).click();
	await page.getByRole('button', { name: 'Server menu' }).click();
	await page.getByRole('menuitem', { name: 'Invite people' }).click();
	await page.getByRole('button', { name: 'Create and copy link' }).click();
	await page.locator('[data-invite]').first().waitFor();
	await wait(300);
	await say('12-invite');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Server menu' }).click();
	await page.getByRole('menuitem', { name: 'Server settings' }).click();
	await wait(400);
	await say('13-server-settings');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Create channel' }).first().click();
	await wait(400);
	await say('14-create-channel');
	await page.keyboard.press('Escape');
	await context.close();
}
await browser.close();
finish();
