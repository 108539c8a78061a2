/* The core path: two people make a server, meet by invite and talk live. */
import {
	assert,
	BASE,
	check,
	equal,
	finish,
	launch,
	person,
	row,
	run,
	say,
	shot,
	signUp,
	until,
} from './lib.mjs';

const browser = await launch();
const a = await person(browser);
const b = await person(browser);
let invite = '';

// SETUP is the one-time link of a fresh installation; it works once.
if (process.env.SETUP) {
	await check('the setup link makes the first administrator, once', async () => {
		const admin = await person(browser);
		await admin.page.goto(process.env.SETUP);
		await admin.page.getByLabel('Username').fill(`root.${run}`);
		await admin.page.getByLabel('Password').fill('correct horse battery');
		await admin.page.getByRole('button', { name: 'Create administrator' }).click();
		await admin.page.getByText('Welcome to Moot').waitFor();
		await admin.context.close();
		const late = await person(browser);
		await late.page.goto(process.env.SETUP);
		await late.page.getByRole('heading', { name: 'Moot is set up' }).waitFor();
		await late.context.close();
	});
}

await check('sign up lands on the welcome page', async () => {
	await signUp(a.page, `ash.${run}`, 'Ash Grove');
	await a.page.getByText('Welcome to Moot').waitFor();
});

await check('create a server and arrive in #general', async () => {
	await a.page.getByRole('button', { name: 'Create server' }).first().click();
	await a.page.getByLabel('Name').fill(`Workshop ${run}`);
	await a.page.getByRole('button', { name: 'Create', exact: true }).click();
	await a.page.getByRole('heading', { name: 'general' }).waitFor();
});

await check('the connection says Live', async () => {
	await a.page.locator('[data-health=live]').waitFor();
});

await check('create a channel with a topic', async () => {
	await a.page.getByRole('button', { name: 'Create channel' }).click();
	await a.page.getByLabel('Name').fill('planning');
	await a.page.getByLabel('Topic').fill('What comes next');
	await a.page.getByRole('button', { name: 'Create', exact: true }).click();
	await a.page.getByRole('heading', { name: 'planning' }).waitFor();
});

await check('make an invite link', async () => {
	await a.page.getByRole('button', { name: 'Server menu' }).click();
	await a.page.getByRole('menuitem', { name: 'Invite people' }).click();
	await a.page.getByRole('button', { name: 'Create and copy link' }).click();
	const link = a.page.locator('[data-invite]').first();
	await link.waitFor();
	invite = await link.getAttribute('data-invite');
	assert(invite.startsWith(`${BASE}/invite/`), `link is ${invite}`);
	await a.page.keyboard.press('Escape');
});

await check('a stranger follows the link, signs up and lands in the server', async () => {
	await b.page.goto(invite);
	await b.page.getByText(`Workshop ${run}`).waitFor();
	await signUp(b.page, `birch.${run}`, 'Birch Wood');
	await b.page.getByRole('heading', { name: 'general' }).waitFor();
	await b.page.getByRole('link', { name: 'planning' }).click();
	await b.page.getByRole('heading', { name: 'planning' }).waitFor();
	await b.page.locator('[data-health=live]').waitFor();
});

await check('a message appears at once and arrives live', async () => {
	await say(a.page, 'Good morning, **Birch**');
	await row(a.page, 'Good morning').waitFor();
	await row(b.page, 'Good morning').waitFor();
	equal(await row(b.page, 'Good morning').locator('strong').textContent(), 'Birch');
});

await check('the sender has one row, no longer pending', async () => {
	await until(async () => (await a.page.locator('[data-pending]').count()) === 0, 'pending gone');
	equal(await row(a.page, 'Good morning').count(), 1);
});

await check('typing shows and ends with the message', async () => {
	await b.page.locator('#composer').pressSequentially('Hello', { delay: 20 });
	await a.page.getByText('Birch Wood is typing').waitFor();
	await b.page.locator('#composer').press('Enter');
	await row(a.page, 'Hello').waitFor();
	await until(async () => (await a.page.getByText('is typing').count()) === 0, 'typing ends');
});

await check('edit with the Up arrow', async () => {
	await b.page.locator('#composer').press('ArrowUp');
	const box = b.page.getByLabel('Edit message');
	await box.fill('Hello Ash');
	await box.press('Enter');
	await row(a.page, 'Hello Ash').getByText('(edited)').waitFor();
});

await check('reply shows what it answers', async () => {
	await row(a.page, 'Hello Ash').hover();
	await row(a.page, 'Hello Ash').getByRole('button', { name: 'Reply' }).click();
	await say(a.page, 'How are you?');
	await row(b.page, 'How are you?').locator('button', { hasText: 'Hello Ash' }).waitFor();
});

await check('delete leaves a tombstone', async () => {
	const mine = row(b.page, 'Hello Ash').filter({ has: b.page.getByText('(edited)') });
	await mine.hover();
	await mine.getByRole('button', { name: 'More' }).click();
	await b.page.getByRole('menuitem', { name: 'Delete' }).click();
	await b.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
	await a.page.getByText('Message deleted').waitFor();
});

await check('unread channels are marked and cleared', async () => {
	await b.page.getByRole('link', { name: 'general' }).click();
	await b.page.getByRole('heading', { name: 'general' }).waitFor();
	await say(a.page, 'Are you there?');
	await b.page.getByRole('link', { name: 'planning, unread' }).waitFor();
	await b.page.getByRole('link', { name: 'planning, unread' }).click();
	await row(b.page, 'Are you there?').waitFor();
	await b.page.getByRole('link', { name: 'planning', exact: true }).waitFor();
});

await check('a conversation of two from the member list', async () => {
	await a.page.getByRole('button', { name: 'Members' }).click();
	await a.page.getByRole('button', { name: 'Options for Birch Wood' }).click();
	await a.page.getByRole('menuitem', { name: 'Send a message' }).click();
	await a.page.getByRole('heading', { name: 'Birch Wood' }).waitFor();
	await say(a.page, 'Just between us');
	await b.page.getByRole('link', { name: /Conversations, 1/ }).click();
	await row(b.page, 'Just between us').waitFor();
});

await shot(a.page, 'core-a');
await shot(b.page, 'core-b');
await browser.close();
finish();
