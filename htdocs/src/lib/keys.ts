/*
 * All keyboard commands in one table: the dispatcher and the list shown by Ctrl+/ both read it.
 * `Ctrl` is Cmd on a Mac. Letters match by what they type, else by where they lie, so that they
 * work on layouts without Latin letters.
 */
export type KeyGroup = 'finding' | 'moving' | 'messages' | 'row' | 'writing';

export interface Combo {
	key: string;
	ctrl?: boolean;
	alt?: boolean;
	shift?: boolean;
}

interface Command {
	id: string;
	group: KeyGroup;
	/** Id of the text that says what it does. */
	label: string;
	combos: Combo[];
}

export const commands = [
	{ id: 'switcher', group: 'finding', label: 'keys.switcher', combos: [{ key: 'k', ctrl: true }] },
	{
		id: 'shortcuts',
		group: 'finding',
		label: 'keys.shortcuts',
		combos: [{ key: '/', ctrl: true }],
	},
	{ id: 'settings', group: 'finding', label: 'keys.settings', combos: [{ key: ',', ctrl: true }] },
	{ id: 'members', group: 'finding', label: 'keys.members', combos: [{ key: '.', ctrl: true }] },
	{
		id: 'previous',
		group: 'moving',
		label: 'keys.previous',
		combos: [{ key: 'ArrowUp', alt: true }],
	},
	{ id: 'next', group: 'moving', label: 'keys.next', combos: [{ key: 'ArrowDown', alt: true }] },
	{
		id: 'previous-unread',
		group: 'moving',
		label: 'keys.previous_unread',
		combos: [{ key: 'ArrowUp', alt: true, shift: true }],
	},
	{
		id: 'next-unread',
		group: 'moving',
		label: 'keys.next_unread',
		combos: [{ key: 'ArrowDown', alt: true, shift: true }],
	},
	{
		id: 'region',
		group: 'moving',
		label: 'keys.region',
		combos: [{ key: 'F6' }, { key: 'F6', ctrl: true }],
	},
	{
		id: 'region-back',
		group: 'moving',
		label: 'keys.region_back',
		combos: [
			{ key: 'F6', shift: true },
			{ key: 'F6', ctrl: true, shift: true },
		],
	},
	{
		id: 'channel-up',
		group: 'moving',
		label: 'keys.channel_up',
		combos: [{ key: 'ArrowUp', ctrl: true, shift: true }],
	},
	{
		id: 'channel-down',
		group: 'moving',
		label: 'keys.channel_down',
		combos: [{ key: 'ArrowDown', ctrl: true, shift: true }],
	},
	{ id: 'escape', group: 'moving', label: 'keys.escape', combos: [{ key: 'Escape' }] },
	{
		id: 'scroll',
		group: 'messages',
		label: 'keys.scroll',
		combos: [{ key: 'PageUp' }, { key: 'PageDown' }],
	},
	{
		id: 'rows',
		group: 'messages',
		label: 'keys.rows',
		combos: [{ key: 'ArrowUp' }, { key: 'ArrowDown' }],
	},
	{ id: 'ends', group: 'messages', label: 'keys.ends', combos: [{ key: 'Home' }, { key: 'End' }] },
	{ id: 'into', group: 'messages', label: 'keys.into', combos: [{ key: 'Enter' }] },
	{ id: 'present', group: 'messages', label: 'keys.present', combos: [{ key: 'j' }] },
	{ id: 'reply', group: 'row', label: 'keys.reply', combos: [{ key: 'r' }] },
	{ id: 'edit', group: 'row', label: 'keys.edit', combos: [{ key: 'e' }] },
	{ id: 'copy', group: 'row', label: 'keys.copy', combos: [{ key: 'c' }] },
	{ id: 'link', group: 'row', label: 'keys.link', combos: [{ key: 'l' }] },
	{ id: 'select', group: 'row', label: 'keys.select', combos: [{ key: 'x' }] },
	{ id: 'menu', group: 'row', label: 'keys.menu', combos: [{ key: 'm' }] },
	{ id: 'delete', group: 'row', label: 'keys.delete', combos: [{ key: 'Delete' }] },
	{ id: 'send', group: 'writing', label: 'keys.send', combos: [{ key: 'Enter' }] },
	{
		id: 'newline',
		group: 'writing',
		label: 'keys.newline',
		combos: [{ key: 'Enter', shift: true }],
	},
	{ id: 'edit-last', group: 'writing', label: 'keys.edit_last', combos: [{ key: 'ArrowUp' }] },
	{
		id: 'reply-last',
		group: 'writing',
		label: 'keys.reply_last',
		combos: [{ key: 'ArrowUp', shift: true }],
	},
	{ id: 'bold', group: 'writing', label: 'keys.bold', combos: [{ key: 'b', ctrl: true }] },
	{ id: 'italic', group: 'writing', label: 'keys.italic', combos: [{ key: 'i', ctrl: true }] },
	{ id: 'code', group: 'writing', label: 'keys.code', combos: [{ key: 'e', ctrl: true }] },
	{
		id: 'strike',
		group: 'writing',
		label: 'keys.strike',
		combos: [{ key: 'x', ctrl: true, shift: true }],
	},
] as const satisfies readonly Command[];

type CommandId = (typeof commands)[number]['id'];

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const sameKey = (e: Pressed, key: string): boolean =>
	e.key.toLowerCase() === key.toLowerCase() ||
	(/^[a-z]$/.test(key) && !/^[a-z]$/i.test(e.key) && e.code === `Key${key.toUpperCase()}`);

export const matches = (e: Pressed, c: Combo): boolean =>
	sameKey(e, c.key) &&
	(e.ctrlKey || e.metaKey) === (c.ctrl ?? false) &&
	e.altKey === (c.alt ?? false) &&
	e.shiftKey === (c.shift ?? false);

export const isCommand = (e: Pressed, id: CommandId): boolean =>
	commands.some((c) => c.id === id && (c.combos as readonly Combo[]).some((k) => matches(e, k)));

/** A single letter without modifiers: for rows, never for text. */
export const isLetter = (e: Pressed, letter: string): boolean => matches(e, { key: letter });

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const names: Record<string, string> = {
	ArrowUp: '↑',
	ArrowDown: '↓',
	Escape: 'Esc',
	PageUp: 'PgUp',
	PageDown: 'PgDn',
};

export const comboText = (c: Combo): string =>
	[
		c.ctrl && (mac ? '⌘' : 'Ctrl'),
		c.alt && (mac ? '⌥' : 'Alt'),
		c.shift && (mac ? '⇧' : 'Shift'),
		names[c.key] ?? (c.key.length === 1 ? c.key.toUpperCase() : c.key),
	]
		.filter(Boolean)
		.join(mac ? '' : '+');

export const keysOf = (id: CommandId): string => {
	const first = commands.find((c) => c.id === id)?.combos[0];
	return first ? comboText(first) : '';
};
