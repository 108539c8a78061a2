// Every route of the program, and what it answers to each kind of person. The objects stand in a private
// channel of a server, where there is one. Columns: nobody; the owner; a member the channel is shared with; a
// member it is not shared with; somebody of another server; a guest of this one; somebody banned from it; an
// account that has been disabled. Who may destroy an object comes last, and so does the route that does.
import { hasCgi, PASSWORD, setting, unique } from './lib.mjs';

export const PEOPLE = ['anon', 'owner', 'friend', 'member', 'stranger', 'guest', 'banned', 'disabled'];

// The statuses, and the body that is sent: a value, or a function of the things there are.
const all = (status) => Array(8).fill(status).join(' ');
const signedIn = (status) => `401 ${Array(6).fill(status).join(' ')} 401`;
const inChannel = (owner, friend) => `401 ${owner} ${friend} 404 404 404 404 401`;
const inServer = (owner, members, guest = members) => `401 ${owner} ${members} ${members} 404 ${guest} 404 401`;
const own = (status) => `401 ${status} 404 404 404 404 404 401`;

// A whole picture.
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');

const mails = hasCgi() && setting('mail_smtp') !== '';

export const GROUPS = {
	anybody: {
		'GET /health/live': [all(200)],
		'GET /health/ready': [all(200)],
		'GET /metrics': [all(200)],	// from this machine
		'GET /api/v1/meta': [all(200)],
		'POST /api/v1/auth/register': [all(201), () => ({ username: unique('reg'), password: PASSWORD })],
		'POST /api/v1/auth/setup': [all(410), () => ({ username: unique('set'), password: PASSWORD, token: 'x'.repeat(43) })],
		'POST /api/v1/auth/login': [all(200), (v) => ({ login: v.victim, password: PASSWORD })],
		'POST /api/v1/auth/login/second': [all(400), { ticket: 'x'.repeat(43), totp: '123456' }],
		'POST /api/v1/auth/refresh': [all(401), { refresh_token: 'nonsense' }],
		'POST /api/v1/auth/verify': [all(400), { token: 'x'.repeat(43) }],
		'POST /api/v1/auth/reset': [all(mails ? 202 : 403), () => ({ login: unique('nobody') })],
		'POST /api/v1/auth/reset/confirm': [all(400), { token: 'x'.repeat(43), password: PASSWORD }],
		'GET /api/v1/invites/{code}': [all(200)],
		'GET /avatars/{picture}': [all(404)],	// what there is is in pictures.test
		'GET /web/{channel_id}': [all(404)],	// what it is for is in web.test
		'GET /web/{channel_id}/feed.atom': [all(404)],
	},
	'my own': {
		'GET /api/v1/me': [signedIn(200)],
		'PATCH /api/v1/me': [signedIn(200), { display_name: 'Somebody' }],
		'PUT /api/v1/me/avatar': [signedIn(200), PIXEL],
		'DELETE /api/v1/me/avatar': [signedIn(204)],
		'GET /api/v1/me/sessions': [signedIn(200)],
		'DELETE /api/v1/me/sessions/{session_id}': [own(204)],
		'PUT /api/v1/me/password': [signedIn(204), { current_password: PASSWORD, new_password: PASSWORD }],
		'GET /api/v1/me/tokens': [signedIn(200)],
		'POST /api/v1/me/tokens': [signedIn(201), { name: 'x' }],
		'DELETE /api/v1/me/tokens/{token_id}': [own(204)],
		// email.test says the right password
		'PUT /api/v1/me/email': [all(401), { email: null, password: 'not my password' }],
		'POST /api/v1/me/email/resend': [mails ? signedIn(404) : '401 403 403 403 403 403 403 403'],
		// security.test does the rest
		'GET /api/v1/me/security': [signedIn(200)],
		'POST /api/v1/me/confirm': [signedIn(204), { password: PASSWORD }],
		'POST /api/v1/me/totp': [signedIn(200)],
		'PUT /api/v1/me/totp': [signedIn(422), { code: 'none' }],
		'DELETE /api/v1/me/totp': [signedIn(404)],
		'POST /api/v1/me/recovery-codes': [signedIn(409)],
		'GET /api/v1/me/blocks': [signedIn(200)],
		'PUT /api/v1/me/blocks/{user_id}': [signedIn(204)],
		'DELETE /api/v1/me/blocks/{user_id}': [signedIn(204)],
		'GET /api/v1/me/export/file': [signedIn(404)],
		'POST /api/v1/me/export': [signedIn(202)],
		'GET /api/v1/me/export': [signedIn(200)],
		// people.test says the right one
		'POST /api/v1/me/deactivate': [all(401), { password: 'not my password' }],
		'DELETE /api/v1/me': [all(401), { password: 'not my password' }],
		'GET /api/v1/users/{user_id}': [signedIn(200)],
		'PUT /api/v1/me/presence': [signedIn(200), { status: 'online' }],
		'PUT /api/v1/me/watch': [signedIn(204), (v) => ({ user_ids: [v.user_id] })],
		'GET /api/v1/me/servers/deleted': [signedIn(200)],
		'GET /api/v1/presence': [signedIn(200), , (v) => `?user_ids=${v.user_id}`],
		'GET /api/v1/bootstrap': [signedIn(200)],
		'POST /api/v1/servers': [signedIn(201), { name: 'New' }],
		'POST /api/v1/dms': [signedIn('2xx'), (v) => ({ user_ids: [v.user_id] })],
		'POST /api/v1/sync': [signedIn(200), { channels: {} }],
	},
	'a private channel': {
		'GET /api/v1/channels/{channel_id}': [inChannel(200, 200)],
		'PATCH /api/v1/channels/{channel_id}': [inChannel(200, 403), { topic: 'x' }],
		'GET /api/v1/channels/{channel_id}/members': [inChannel(200, 200)],
		'GET /api/v1/channels/{channel_id}/retention': [inChannel(200, 403), , () => '?days=30'],
		'PUT /api/v1/channels/{channel_id}/members/{user}': [inChannel(204, 204)],
		'GET /api/v1/channels/{channel_id}/overrides': [inChannel(200, 403)],
		'PUT /api/v1/channels/{channel_id}/overrides/{target_id}': [inChannel(204, 403), { allow: '0', deny: '64' }],
		'DELETE /api/v1/channels/{channel_id}/overrides/{target_id}': [inChannel(204, 403)],
		'GET /api/v1/channels/{channel_id}/messages': [inChannel(200, 200)],
		'POST /api/v1/channels/{channel_id}/messages': [inChannel(201, 201), { content: 'x' }],
		'GET /api/v1/channels/{channel_id}/messages/{message_id}': [inChannel(200, 200)],
		'PATCH /api/v1/channels/{channel_id}/messages/{message_id}': [inChannel(200, 403), { content: 'y' }],
		'PUT /api/v1/channels/{channel_id}/read': [inChannel(200, 200), { seq: 1 }],
		'PUT /api/v1/channels/{channel_id}/delivered': [inChannel(204, 204), { seq: 1 }],
		'GET /api/v1/channels/{channel_id}/receipts': [inChannel(200, 200)],
		'POST /api/v1/channels/{channel_id}/typing': [inChannel(204, 204)],
		'POST /api/v1/channels/{channel_id}/messages/bulk-delete': [inChannel(204, 403), { ids: ['1'] }],
		'POST /api/v1/channels/{channel_id}/messages/{message_id}/report': [inChannel(409, 201), { reason: 'spam' }],	// the owner's own
		'DELETE /api/v1/channels/{channel_id}/messages/{message_id}': [inChannel(204, 403)],
		'DELETE /api/v1/channels/{channel_id}/members/{user}': [inChannel(204, 403)],
		'DELETE /api/v1/channels/{channel_id}': [inChannel(204, 403)],
		'POST /api/v1/channels/{channel_id}/restore': [inChannel(200, 403)],
	},
	'a server': {
		'GET /api/v1/servers/{server_id}': [inServer(200, 200)],
		'PATCH /api/v1/servers/{server_id}': [inServer(200, 403), { name: 'Renamed' }],
		'PUT /api/v1/servers/{server_id}/icon': [inServer(200, 403), PIXEL],
		'DELETE /api/v1/servers/{server_id}/icon': [inServer(204, 403)],
		'GET /api/v1/servers/{server_id}/roles': [inServer(200, 200)],
		'PATCH /api/v1/servers/{server_id}/roles/{role_id}': [inServer(200, 403), { name: 'x' }],
		'PUT /api/v1/servers/{server_id}/roles/order': [inServer(200, 403), (v) => ({ role_ids: [v.role_id] })],
		'POST /api/v1/servers/{server_id}/roles': [inServer(201, 403), { name: 'x' }],
		'DELETE /api/v1/servers/{server_id}/roles/{role_id}': [inServer(204, 403)],
		'GET /api/v1/servers/{server_id}/members': [inServer(200, 200)],
		'GET /api/v1/servers/{server_id}/members/{user}': [inServer(200, 200, 404)],
		'PATCH /api/v1/servers/{server_id}/members/{user}': [inServer(200, 403), { nickname: 'x' }],
		'PUT /api/v1/servers/{server_id}/timeouts/{user_id}': [inServer(200, 403), { expires_in: 60 }],
		'DELETE /api/v1/servers/{server_id}/timeouts/{user_id}': [inServer(200, 403)],
		'GET /api/v1/servers/{server_id}/bans': [inServer(200, 403)],
		'POST /api/v1/users/{user_id}/report': [inServer(201, 201, 404), (v) => ({ server_id: v.server_id, reason: 'abuse' })],
		'GET /api/v1/servers/{server_id}/retention': [inServer(200, 403), , () => '?days=30'],
		'GET /api/v1/servers/{server_id}/purge': [inServer(200, 403), , (v) => `?user_id=${v.user_id}&within_s=60`],
		'POST /api/v1/servers/{server_id}/purge': [inServer(202, 403), (v) => ({ user_id: v.user_id, within_s: 1 })],
		'GET /api/v1/servers/{server_id}/rules': [inServer(200, 403)],
		'POST /api/v1/servers/{server_id}/rules': [inServer(201, 403), { name: 'x', kind: 'mentions', most: 50 }],
		'GET /api/v1/servers/{server_id}/rules/{rule_id}': [inServer(200, 403)],
		'PATCH /api/v1/servers/{server_id}/rules/{rule_id}': [inServer(200, 403), { name: 'y' }],
		'DELETE /api/v1/servers/{server_id}/rules/{rule_id}': [inServer(204, 403)],
		'GET /api/v1/servers/{server_id}/reports': [inServer(200, 403)],
		'GET /api/v1/servers/{server_id}/reports/{report_id}': [inServer(200, 403)],
		'PATCH /api/v1/servers/{server_id}/reports/{report_id}': [inServer(200, 403), { state: 'resolved' }],
		'GET /api/v1/servers/{server_id}/audit-log': [inServer(200, 403)],
		'GET /api/v1/servers/{server_id}/invites': [inServer(200, 200)],
		'POST /api/v1/servers/{server_id}/invites': [inServer(201, 201, 403), {}],
		'GET /api/v1/servers/{server_id}/channels/deleted': [inServer(200, 403)],
		'PUT /api/v1/servers/{server_id}/channels/order': [inServer(422, 403), { channels: [] }],
		'POST /api/v1/servers/{server_id}/channels': [inServer(201, 403), { name: 'x', kind: 'text' }],
		'DELETE /api/v1/servers/{server_id}/members/{user}': [inServer(204, 403)],
		'PUT /api/v1/servers/{server_id}/bans/{user_id}': [inServer(204, 403), {}],
		'DELETE /api/v1/servers/{server_id}/bans/{user_id}': [inServer(204, 403)],
		'DELETE /api/v1/invites/{code}': [inServer(204, 403)],
		// to himself: roles.test hands one on
		'POST /api/v1/servers/{server_id}/owner': [inServer(409, 403), (v) => ({ user_id: v.owner_id, password: PASSWORD })],
		'DELETE /api/v1/servers/{server_id}': [inServer(204, 403)],
		'POST /api/v1/servers/{server_id}/restore': [inServer(200, 404)],
	},
	// nobody of them is one: registration.test is
	'administrators of the installation': {
		'GET /api/v1/admin/registrations': [signedIn(403)],
		'POST /api/v1/admin/registrations/{user_id}/approve': [signedIn(404)],
		'POST /api/v1/admin/registrations/{user_id}/refuse': [signedIn(404)],
	},
	// what changes who somebody is: on a server of its own, and at the end
	'coming and going': {
		'POST /api/v1/invites/{code}/accept': ['401 200 200 200 200 200 404 401'],
		// all but the banned one are members now, and only the owner made it
		'POST /api/v1/invites/{code}/regenerate': ['401 200 403 403 403 403 404 401'],
		'POST /api/v1/auth/logout': [signedIn(204)],
	},
};
