/* Small wire objects for tests. */
import type { Bootstrap, Channel, Envelope, Message, User } from '../src/api/schema';
import type { Action } from '../src/store/merge';
import { merge } from '../src/store/merge';
import { emptyState, type State } from '../src/store/types';

export const user = (id: string, name = `u${id}`): User => ({
	id,
	username: name,
	display_name: name,
	avatar_url: null,
	bot: false,
});

export const me = user('1', 'me');
export const other = user('2', 'other');

export const channel = (over: Partial<Channel> = {}): Channel => ({
	id: '10',
	server_id: '5',
	kind: 'text',
	name: 'general',
	topic: null,
	category: null,
	position: 0,
	private: false,
	read_only: false,
	slow_mode: 0,
	archived: false,
	web_public: false,
	retention_days: null,
	last_seq: 0,
	rev: 0,
	last_message_at: null,
	...over,
});

/** Message number `seq`; ids ascend with it. */
export const message = (seq: number, over: Partial<Message> = {}): Message => ({
	id: String(1000 + seq),
	channel_id: '10',
	seq,
	rev: seq,
	author: other,
	content: `m${seq}`,
	nonce: null,
	created_at: new Date(1_790_000_000_000 + seq * 1000).toISOString(),
	edited_at: null,
	deleted: false,
	reply_to: null,
	mentions: [],
	mention_roles: [],
	pinned: false,
	...over,
});

export const event = (
	type: string,
	rev: number,
	data: unknown,
	over: Partial<Envelope> = {},
): Action => ({
	kind: 'event',
	now: 0,
	event: { type, stream: 'channel:10', rev, data, ...over },
});

export const created = (seq: number, over: Partial<Message> = {}): Action =>
	event('message.created', over.rev ?? seq, message(seq, over));

export const boot = (over: Partial<Bootstrap> = {}, c: Partial<Channel> = {}): Bootstrap => ({
	me: {
		...me,
		email: null,
		email_verified: false,
		email_pending: null,
		admin: false,
		second_factor: false,
		receipts: true,
		status: 'online',
		show_last_seen: true,
		bio: null,
		time_zone: null,
		custom_status: null,
		dms_from: 'shared',
	},
	servers: [
		{
			id: '5',
			name: 'Workshop',
			icon_url: null,
			owner_id: '1',
			lockdown: false,
			audit_days: 365,
			web_robots: false,
			retention_days: null,
			rev: 0,
			channels: [channel(c)],
			roles: [],
			my_permissions: '7',
			my_roles: [],
			timeout_until: null,
			nickname: null,
			joined_at: null,
			member_count: 2,
		},
	],
	dms: [],
	blocks: [],
	read_states: [],
	presence: {},
	limits: {},
	features: {},
	stream: { cursor: 'c0' },
	...over,
});

export const play = (s: State, ...actions: Action[]): State => actions.reduce(merge, s);
export const started = (c: Partial<Channel> = {}, over: Partial<Bootstrap> = {}): State =>
	play(emptyState, { kind: 'bootstrap', data: boot(over, c) });

export const seqs = (s: State): number[] =>
	(s.windows['10']?.ids ?? []).map((id) => s.messages['10']?.[id]?.seq ?? -1);

export const range = (from: number, to: number): number[] =>
	Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const latest = (from: number, to: number): Action => ({
	kind: 'page',
	channelId: '10',
	page: 'latest',
	items: range(from, to)
		.map((n) => message(n))
		.reverse(),
});
