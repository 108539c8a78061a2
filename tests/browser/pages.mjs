// Every page and dialog of a community: nothing cut off or too wide at three widths, in both themes, nothing
// that axe finds, and by touch nothing that is too small to hit. A picture of each goes to the folder of shots.
// MOOT_PAGES=word visits those only whose name has it, MOOT_PAGES_BY=touch or =desk those only.
import { register } from '../support/api.mjs';
import { png } from '../support/png.mjs';
import { expect } from '../support/report.mjs';
import { until } from '../support/until.mjs';
import { findings } from './looks.mjs';
import { PASSWORD, heading, openWindow, rows, shot } from './window.mjs';
import { makeWorld, signInAs } from './world.mjs';

const only = new RegExp(process.env.MOOT_PAGES ?? '');
const by = process.env.MOOT_PAGES_BY;
const desk = [{ width: 1400, height: 900 }, { width: 768, height: 900 }];
const phone = [{ width: 320, height: 640 }];

const dialog = (page) => page.getByRole('dialog').last();
const button = (page, name) => page.getByRole('button', { name, exact: true });

/** Out of every dialog and menu, also of one over another. */
const escape = (page) =>
	until('nothing lies over the page', async () => {
		if ((await page.getByRole('dialog').or(page.getByRole('menu')).count()) === 0) return true;
		await page.keyboard.press('Escape');
		return false;
	}, 20_000, 100);

async function to(w, page, path, name) {
	await page.goto(w.base + path);
	await heading(page, name).waitFor();
}

const channel = (name, text) => async (w, page) => {
	await to(w, page, `/c/${w.channels[name].id}`, name);
	if (text) await rows(page, text).last().waitFor();
};

const isPhone = (page) => page.viewportSize().width < 768;

async function side(page) {
	if (!isPhone(page) || (await page.getByRole('navigation', { name: 'Servers' }).isVisible())) return;
	await page.getByRole('button', { name: /^Open servers and channels/ }).click();
	await page.getByRole('navigation', { name: 'Servers' }).waitFor();
}

async function serverMenu(w, page, item) {
	await channel('general')(w, page);
	await side(page);
	await page.getByRole('button', { name: 'Server menu' }).click();
	if (item) await page.getByRole('menuitem', { name: item }).click();
	else await page.getByRole('menu').waitFor();
}

/** A page of settings: a list of them on a phone, else beside it. */
async function turnTo(page, name) {
	if (isPhone(page)) await dialog(page).getByRole('combobox', { name: /settings$/ }).selectOption({ label: name });
	else await page.getByRole('tab', { name }).click();
}

async function settings(w, page, tab) {
	await serverMenu(w, page, 'Server settings');
	await turnTo(page, tab);
	await page.getByRole('heading', { name: tab }).waitFor();
	await loaded(page);
}

async function account(w, page, tab) {
	await channel('general')(w, page);
	await page.keyboard.press('Control+,');
	await turnTo(page, tab);
	await page.getByRole('heading', { name: tab }).waitFor();
	await loaded(page);
}

const loaded = (page) => until('nothing is being fetched', async () => (await page.locator('.late').count()) === 0);

async function channelMenu(w, page, name, item) {
	await channel('general')(w, page);
	await side(page);
	const link = page.getByRole('link', { name: new RegExp(`^${name}`) });
	await link.scrollIntoViewIfNeeded();
	if (!isPhone(page)) await link.hover();
	await page.getByRole('button', { name: `Options of ${name}` }).click();
	if (item) await page.getByRole('menuitem', { name: item, exact: true }).click();
	else await page.getByRole('menu').waitFor();
}

async function messageMenu(w, page, where, text, item) {
	await channel(where, text)(w, page);
	const row = rows(page, text).last();
	await row.scrollIntoViewIfNeeded();
	await row.focus();
	await page.keyboard.press('m');
	await page.getByRole('menu').waitFor();
	if (item) await page.getByRole('menuitem', { name: item, exact: true }).click();
}

async function members(w, page) {
	await channel('planning', 'small shears')(w, page);
	if (!(await page.getByRole('heading', { name: /^Members/ }).isVisible())) await button(page, 'Members').click();
	await page.getByRole('heading', { name: /^Members/ }).waitFor();
	await page.getByRole('button', { name: /^(Juniper|Birch)/ }).first().waitFor();
}

const tab = (name, more) => [`settings-${name.toLowerCase().replace(' ', '-')}`, async (w, page) => {
	await settings(w, page, name);
	if (more) await more(w, page);
}];

const mine = (name) => [`account-${name.toLowerCase().replace(' ', '-')}`, (w, page) => account(w, page, name)];

async function member(w, page, name) {
	await settings(w, page, 'Members');
	await page.getByRole('button', { name: `Manage ${name}` }).click();
}

const owner = [
	['channel', channel('planning', 'small shears')],
	['channel-empty', channel('empty')],
	['channel-private', channel('organisers', 'the key')],
	['channel-archived', channel('last-spring')],
	['channel-long-name', channel('a-channel-whose-name-is-as-long-as-one-may-be-and-then-some-more')],
	['channel-offline', async (w, page) => {
		await channel('planning', 'small shears')(w, page);
		await page.context().setOffline(true);
		await page.getByText('No connection. What you write').waitFor({ timeout: 60_000 });
	}, (page) => page.context().setOffline(false)],
	['drawer', async (w, page) => {
		await channel('planning', 'small shears')(w, page);
		await side(page);
	}],
	['members', members],
	['member-menu', async (w, page) => {
		await members(w, page);
		await page.getByRole('button', { name: 'Options for Willow' }).click();
		await page.getByRole('menu').waitFor();
	}],
	['server-menu', (w, page) => serverMenu(w, page)],
	['channel-menu', (w, page) => channelMenu(w, page, 'compost')],
	['message-menu', (w, page) => messageMenu(w, page, 'planning', 'cheap gold')],
	['status-menu', async (w, page) => {
		await channel('general')(w, page);
		await side(page);
		await page.getByRole('button', { name: /Set your status/ }).click();
		await page.getByRole('menu').waitFor();
	}],
	['dm', (w, page) => to(w, page, `/c/${w.dm.id}`, 'Willow')],
	['group', async (w, page) => {
		await page.goto(`${w.base}/c/${w.group.id}`);
		await rows(page, 'The list for Sunday').waitFor();
	}],
	['gone', (w, page) => to(w, page, '/c/1', 'Nothing here')],
	['invite-gone', (w, page) => to(w, page, '/invite/nothinghere', 'This invite no longer works')],
	['switcher', async (w, page) => {
		await channel('general')(w, page);
		await page.keyboard.press('Control+k');
		await dialog(page).waitFor();
	}],
	['keyboard', async (w, page) => {
		await channel('general')(w, page);
		await page.keyboard.press('Control+/');
		await dialog(page).waitFor();
	}],
	...['Profile', 'Appearance', 'Privacy', 'Password', 'Two-factor', 'Sessions', 'Access tokens', 'Your data'].map(mine),
	['account-app', async (w, page) => {
		await account(w, page, 'Two-factor');
		await button(page, 'Set up an app').click();
		await page.getByRole('img', { name: 'Picture for the authenticator app' }).waitFor();
	}],
	['account-crop', async (w, page) => {
		await account(w, page, 'Profile');
		await page.locator('input[type=file]').setInputFiles({ name: 'wave.png', mimeType: 'image/png', buffer: w.wide });
		await page.locator('[data-crop]').waitFor();
	}],
	['account-delete', async (w, page) => {
		await account(w, page, 'Your data');
		await page.getByRole('region', { name: 'Delete the account' }).getByRole('button').click();
	}],
	['create-server', async (w, page) => {
		await channel('general')(w, page);
		await side(page);
		await page.getByRole('button', { name: 'Create server' }).first().click();
		await dialog(page).getByLabel('Name', { exact: true }).waitFor();
	}],
	['invite-people', async (w, page) => {
		await serverMenu(w, page, 'Invite people');
		await page.locator('[data-invite]').first().waitFor();
	}],
	['create-channel', (w, page) => serverMenu(w, page, 'Create channel')],
	tab('General'), tab('Channels'), tab('Roles'), tab('Members'), tab('Bans'), tab('Reports'), tab('Safety'), tab('Audit log'),
	['role', async (w, page) => {
		await settings(w, page, 'Roles');
		await button(page, 'Edit Gardeners').click();
		await page.getByRole('heading', { name: 'Gardeners' }).waitFor();
	}],
	['role-built-in', async (w, page) => {
		await settings(w, page, 'Roles');
		await button(page, 'Edit Moderator').click();
		await page.getByRole('heading', { name: 'Moderator' }).waitFor();
	}],
	['member', (w, page) => member(w, page, 'Willow')],
	['member-timed-out', (w, page) => member(w, page, 'Clover')],
	...['Time Willow out', 'Delete messages of Willow', 'Remove Willow from the server', 'Ban Willow'].map((what, i) =>
		[`measure-${['timeout', 'purge', 'kick', 'ban'][i]}`, async (w, page) => {
			await messageMenu(w, page, 'planning', 'Put me down', what);
			await dialog(page).getByRole('heading', { name: what }).waitFor();
		}]),
	['members-nobody', async (w, page) => {
		await settings(w, page, 'Members');
		await page.getByLabel('Search by name').fill('nobody of that name');
		await page.getByText('Nobody here has that name or role.').waitFor();
	}],
	['rule', async (w, page) => {
		await settings(w, page, 'Safety');
		await button(page, 'Edit No bananas').click();
		await page.getByRole('heading', { name: 'No bananas' }).waitFor();
	}],
	['hand-on', async (w, page) => {
		await settings(w, page, 'General');
		await page.getByRole('region', { name: 'Transfer ownership' }).getByRole('button').click();
		await dialog(page).getByLabel('Current password').waitFor();
	}],
	['channel-edit', (w, page) => channelMenu(w, page, 'compost', 'Edit channel')],
	['channel-people', async (w, page) => {
		await channelMenu(w, page, 'organisers', 'People');
		await button(page, 'Add Juniper').waitFor();
	}],
	['channel-permissions', async (w, page) => {
		await channelMenu(w, page, 'planning', 'Permissions');
		await button(page, 'Edit Bakers').waitFor();
	}],
	['channel-override', async (w, page) => {
		await channelMenu(w, page, 'planning', 'Permissions');
		await button(page, 'Edit Bakers').click();
		await page.getByRole('group', { name: 'See channels' }).waitFor();
	}],
	['channel-delete', (w, page) => channelMenu(w, page, 'compost', 'Delete channel')],
	['conversation-new', async (w, page) => {
		await page.goto(`${w.base}/c/${w.dm.id}`);
		await heading(page, 'Willow').waitFor();
		await side(page);
		await button(page, 'New conversation').click();
		await dialog(page).getByRole('button', { name: /Juniper/ }).click();
	}],
	['conversation-leave', async (w, page) => {
		await page.goto(`${w.base}/c/${w.group.id}`);
		await rows(page, 'The list for Sunday').waitFor();
		await side(page);
		await page.locator(`[data-channel="${w.group.id}"]`).hover();
		await page.getByRole('button', { name: /^Options of / }).click();
		await page.getByRole('menuitem', { name: 'Leave conversation' }).click();
	}],
	['message-delete', (w, page) => messageMenu(w, page, 'planning', 'Morning, everybody', 'Delete Del')],
	['message-edit', async (w, page) => {
		await messageMenu(w, page, 'planning', 'Morning, everybody', 'Edit E');
		await page.getByRole('textbox', { name: 'Edit message' }).waitFor();
	}],
	['selection', async (w, page) => {
		await channel('planning', 'small shears')(w, page);
		await rows(page, 'small shears').focus();
		await page.keyboard.press('x');
		await page.getByText('1 message selected').waitFor();
	}],
	['selection-delete', async (w, page) => {
		await channel('planning', 'small shears')(w, page);
		await rows(page, 'small shears').focus();
		await page.keyboard.press('x');
		await button(page, 'Delete messages').click();
		await dialog(page).waitFor();
	}],
	['person', (w, page) => messageMenu(w, page, 'planning', 'Put me down', 'Profile of Willow')],
	['report', async (w, page) => messageMenu(w, page, 'planning', 'Put me down', 'Report')],
	['report-person', async (w, page) => {
		await messageMenu(w, page, 'planning', 'Put me down', 'Profile of Willow');
		await dialog(page).getByRole('button', { name: 'Report' }).click();
		await page.getByLabel('What should the moderators know?').waitFor();
	}],
	['custom-status', async (w, page) => {
		await channel('general')(w, page);
		await side(page);
		await page.getByRole('button', { name: /Set your status/ }).click();
		await page.getByRole('menuitem', { name: 'Say what you are doing' }).click();
	}],
	['failed', async (w, page) => {
		await page.route('**/bans?*', (route) => route.abort());
		await settings(w, page, 'Bans').catch(() => {});
		await page.getByRole('button', { name: 'Try again' }).waitFor();
	}, (page) => page.unroute('**/bans?*')],
	['expired', async (w, page) => {
		await channel('general')(w, page);
		await page.context().clearCookies();
		await page.keyboard.press('Control+,');
		// Whatever is asked for first finds it out.
		const ended = page.getByText('Your session has ended');
		await Promise.any([ended.waitFor(), turnTo(page, 'Sessions').then(() => ended.waitFor())]);
	}, async (page, w) => signInAs(page, w.base, w.owner)],
];

/** Somebody who may do nothing in particular. */
const plain = [
	['plain-read-only', async (w, page) => {
		await channel('announcements', 'We open at nine')(w, page);
		await page.getByText('Only moderators, and whom they allow it, can write here.').waitFor();
	}],
	['plain-server-menu', (w, page) => serverMenu(w, page)],
	['leave-server', (w, page) => serverMenu(w, page, 'Leave server')],
];

/** Who may only read for now. */
const held = [
	['timed-out', async (w, page) => {
		await channel('planning', 'small shears')(w, page);
		await page.getByText(/^You are in a time-out until/).waitFor();
	}],
];

/** Somebody who has just come. */
const fresh = [
	['welcome', (w, page) => to(w, page, '/dms', 'Welcome to Moot')],
	['join', async (w, page) => {
		await page.goto(`${w.base}/invite/${w.code}`);
		await button(page, 'Join server').waitFor();
	}],
];

const anonymous = [
	['sign-in', (w, page) => to(w, page, '/', 'Sign in')],
	['sign-in-wrong', async (w, page) => {
		await to(w, page, '/', 'Sign in');
		await page.getByLabel('Username').fill('nobody');
		await page.getByLabel('Password').fill('not this one');
		await button(page, 'Sign in').click();
		await page.getByRole('alert').waitFor();
	}],
	['sign-up', async (w, page) => {
		await to(w, page, '/sign-up', 'Create your account');
		await page.getByLabel('Username').fill('Two Words');
		await page.getByLabel('Password').fill('short');
		await button(page, 'Create account').click();
		await page.getByText('Only the letters a to z').waitFor();
	}],
	['invite', async (w, page) => {
		await page.goto(`${w.base}/invite/${w.code}`);
		await page.getByText('Kitchen gardeners').waitFor();
	}],
	['invite-gone-anonymous', (w, page) => to(w, page, '/invite/nothinghere', 'This invite no longer works')],
	['setup', (w, page) => page.goto(`${w.base}/setup`).then(() => page.getByRole('heading').first().waitFor())],
];

/** What one presses, and cannot see or hit: by name and size. Links within a text are as large as it is. */
const tooSmall = (page) => page.evaluate(() => {
	const top = [...document.querySelectorAll('[role=dialog], [role=menu]')].at(-1) ?? document.body;
	const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest('[aria-hidden=true]');
	return [...top.querySelectorAll('button, [role=menuitem], [role=menuitemradio], [role=tab], select, input, textarea, a[href]')]
		.filter((e) => shown(e) && !e.matches('.sr-only, .sr-only *, :disabled') && !e.closest('p, .prose, [data-row]'))
		.map((e) => {
			const box = (e.matches('input[type=checkbox], input[type=radio]') ? (e.closest('label, [data-target]') ?? e) : (e.closest('[data-target]') ?? e)).getBoundingClientRect();
			return { name: e.getAttribute('aria-label') ?? e.textContent.trim().slice(0, 40), tag: e.tagName, w: Math.round(box.width), h: Math.round(box.height) };
		})
		.filter((e) => e.w > 1 && e.h > 1 && (e.w < 43.5 || e.h < 43.5))
		.map((e) => `${e.tag} "${e.name}" ${e.w}×${e.h}`);
});

const tooWide = (page) => page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth,
	...[...document.querySelectorAll('[role=tabpanel], [role=dialog], [role=dialog] *, main, nav')]
		.filter((e) => getComputedStyle(e).overflowX !== 'hidden' && getComputedStyle(e).overflowY === 'auto')
		.map((e) => e.scrollWidth - e.clientWidth)));

/** Texts that are cut off without a word to say so. */
const cutOff = (page) => page.evaluate(() => {
	const top = [...document.querySelectorAll('[role=dialog], [role=menu]')].at(-1) ?? document.body;
	return [...top.querySelectorAll('button, label, h1, h2, h3, h4, [role=tab], legend')]
		.filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && !e.matches('.sr-only, .truncate') && !e.querySelector('.truncate, .sr-only'))
		.map((e) => `${e.tagName} "${e.textContent.trim().slice(0, 50)}" ${e.scrollWidth - e.clientWidth} px`);
});

async function visit(t, w, { page, touch }, name, open, back) {
	await t.report.step(`pages: ${name}${touch ? ', by touch' : ''}`, async () => {
		const flaws = [];
		const sizes = touch ? phone : desk;
		try {
			await page.setViewportSize(sizes[0]);
			await open(w, page);
			await page.evaluate(() => document.fonts.ready.then(() => true));
			for (const size of sizes) {
				await page.setViewportSize(size);
				const over = await tooWide(page);
				if (over > 0) flaws.push(`${over} px too wide at ${size.width}`);
				flaws.push(...(await cutOff(page)).map((x) => `cut off at ${size.width}: ${x}`));
				for (const colorScheme of ['light', 'dark']) {
					await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
					await until('the theme is on', () => page.evaluate((s) => document.documentElement.dataset.theme === s, colorScheme));
					await shot(page, `${name}-${size.width}-${colorScheme}`);
					if (touch ? colorScheme === 'light' : size === sizes[0]) flaws.push(...(await findings(page)).map((x) => `${colorScheme} ${size.width}: ${x}`));
				}
			}
			if (touch) flaws.push(...(await tooSmall(page)).map((x) => `too small: ${x}`));
		} catch (e) {
			await shot(page, `${name}-${touch ? 'touch-' : ''}failed`).catch(() => {});
			flaws.push(e.message);
		} finally {
			await back?.(page, w);
			await page.keyboard.press('Escape');
			await escape(page).catch(() => page.goto(w.base));
		}
		expect(flaws.length === 0, [...new Set(flaws)].join('\n    '));
	});
}

export async function pages(t) {
	const w = await makeWorld(t.base);
	w.wide = png(600, 300, (x, y) => (x < 300 ? [60, 120, y % 256] : [220, 150, 80]));
	const people = [
		[owner, w.owner], [plain, w.others[2]], [held, w.others[5]],
		[fresh, await register(t.base, `sage.${w.run}`, PASSWORD)], [anonymous, null],
	];
	for (const touch of by ? [by === 'touch'] : [false, true])
		for (const [screens, who] of people) {
			const wanted = screens.filter(([name]) => only.test(name));
			if (wanted.length === 0) continue;
			const { context, page } = await openWindow(t.browser, t.base, touch ? { viewport: phone[0], hasTouch: true, isMobile: true } : { viewport: desk[0] });
			context.setDefaultTimeout(20_000);
			if (who) await signInAs(page, t.base, who);
			for (const [name, open, back] of wanted) await visit(t, w, { page, touch }, name, open, back);
			await context.close();
		}
}
