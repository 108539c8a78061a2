/* The route table. Kept apart from what searches it: a new endpoint is a new row here. */
#include "cgi/handlers.h"
#include "cgi/route.h"

#define V1 "/api/v1"
#define SERVER V1 "/servers/{server_id}"
#define CHANNEL V1 "/channels/{channel_id}"

const struct route routes[] = {
	/* method, pattern, auth, limit, query, flags, fields, handler */
	{ "GET", "/health/live", AUTH_NONE, LIMIT_NONE, "", 0, NULL, h_live },
	{ "GET", "/health/ready", AUTH_NONE, LIMIT_NONE, "", 0, NULL, h_ready },
	{ "GET", "/metrics", AUTH_LOCAL, LIMIT_NONE, "", 0, NULL, h_metrics },
	{ "GET", V1 "/meta", AUTH_NONE, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_meta },

	{ "POST", V1 "/auth/register", AUTH_NONE, LIMIT_REGISTER, "", ROUTE_ORIGIN, &fields_register,
	    h_register },
	{ "POST", V1 "/auth/setup", AUTH_NONE, LIMIT_REGISTER, "", ROUTE_ORIGIN, &fields_setup, h_setup },
	{ "POST", V1 "/auth/login", AUTH_NONE, LIMIT_LOGIN, "", ROUTE_ORIGIN, &fields_login, h_login },
	{ "POST", V1 "/auth/refresh", AUTH_NONE, LIMIT_ANY, "", ROUTE_ORIGIN | ROUTE_NO_BODY_OK, &fields_refresh,
	    h_refresh },
	{ "POST", V1 "/auth/logout", AUTH_MAYBE, LIMIT_ANY, "", ROUTE_ORIGIN, NULL, h_logout },

	{ "GET", V1 "/me", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_me_read },
	{ "PATCH", V1 "/me", AUTH_USER, LIMIT_PROFILE, "", 0, &fields_me, h_me_update },
	{ "PUT", V1 "/me/password", AUTH_SESSION, LIMIT_LOGIN, "", 0, &fields_password, h_password },
	{ "GET", V1 "/me/sessions", AUTH_SESSION, LIMIT_ANY, "", 0, NULL, h_session_list },
	{ "DELETE", V1 "/me/sessions/{session_id}", AUTH_SESSION, LIMIT_ANY, "", 0, NULL, h_session_end },
	{ "GET", V1 "/me/tokens", AUTH_SESSION, LIMIT_ANY, "", 0, NULL, h_token_list },
	{ "POST", V1 "/me/tokens", AUTH_SESSION, LIMIT_ANY, "", 0, &fields_token, h_token_create },
	{ "DELETE", V1 "/me/tokens/{token_id}", AUTH_SESSION, LIMIT_ANY, "", 0, NULL, h_token_delete },
	{ "GET", V1 "/users/{user_id}", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_user_read },
	{ "PUT", V1 "/me/presence", AUTH_USER, LIMIT_PRESENCE, "", 0, &fields_presence, h_presence_set },
	{ "PUT", V1 "/me/watch", AUTH_USER, LIMIT_WATCH, "", 0, &fields_watch, h_presence_watch },
	{ "GET", V1 "/presence", AUTH_USER, LIMIT_ANY, "user_ids", 0, NULL, h_presence_list },
	{ "GET", V1 "/bootstrap", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_bootstrap },

	{ "POST", V1 "/servers", AUTH_USER, LIMIT_SERVER, "", ROUTE_ONCE, &fields_server, h_server_create },
	{ "GET", SERVER, AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_server_read },
	{ "PATCH", SERVER, AUTH_USER, LIMIT_ANY, "", 0, &fields_server_update, h_server_update },
	{ "DELETE", SERVER, AUTH_USER, LIMIT_ANY, "", 0, NULL, h_server_delete },
	{ "POST", SERVER "/owner", AUTH_SESSION, LIMIT_LOGIN, "", 0, &fields_hand_on, h_server_hand_on },
	{ "GET", SERVER "/roles", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_role_list },
	{ "POST", SERVER "/roles", AUTH_USER, LIMIT_ROLE, "", ROUTE_ONCE, &fields_role, h_role_create },
	{ "PUT", SERVER "/roles/order", AUTH_USER, LIMIT_ROLE, "", 0, &fields_role_order, h_role_order },
	{ "PATCH", SERVER "/roles/{role_id}", AUTH_USER, LIMIT_ROLE, "", 0, &fields_role_update, h_role_update },
	{ "DELETE", SERVER "/roles/{role_id}", AUTH_USER, LIMIT_ROLE, "", 0, NULL, h_role_delete },
	{ "GET", SERVER "/members", AUTH_USER, LIMIT_ANY, "limit after role_id q", ROUTE_ETAG, NULL, h_member_list },
	{ "PATCH", SERVER "/members/{user}", AUTH_USER, LIMIT_ANY, "", 0, &fields_member, h_member_update },
	{ "DELETE", SERVER "/members/{user}", AUTH_USER, LIMIT_ANY, "", 0, NULL, h_member_remove },
	{ "GET", SERVER "/bans", AUTH_USER, LIMIT_ANY, "limit after", ROUTE_ETAG, NULL, h_ban_list },
	{ "PUT", SERVER "/bans/{user_id}", AUTH_USER, LIMIT_ANY, "", ROUTE_NO_BODY_OK, &fields_ban, h_ban_put },
	{ "DELETE", SERVER "/bans/{user_id}", AUTH_USER, LIMIT_ANY, "", 0, NULL, h_ban_delete },
	{ "PUT", SERVER "/timeouts/{user_id}", AUTH_USER, LIMIT_ANY, "", 0, &fields_timeout, h_timeout_put },
	{ "DELETE", SERVER "/timeouts/{user_id}", AUTH_USER, LIMIT_ANY, "", 0, NULL, h_timeout_delete },
	{ "GET", SERVER "/audit-log", AUTH_USER, LIMIT_ANY, "limit before", ROUTE_ETAG, NULL, h_audit_list },

	{ "POST", SERVER "/invites", AUTH_USER, LIMIT_INVITE, "", ROUTE_ONCE | ROUTE_NO_BODY_OK, &fields_invite,
	    h_invite_create },
	{ "GET", SERVER "/invites", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_invite_list },
	{ "GET", V1 "/invites/{code}", AUTH_NONE, LIMIT_GUESS, "", 0, NULL, h_invite_read },
	{ "DELETE", V1 "/invites/{code}", AUTH_USER, LIMIT_GUESS, "", 0, NULL, h_invite_delete },
	{ "POST", V1 "/invites/{code}/regenerate", AUTH_USER, LIMIT_GUESS, "", ROUTE_ONCE, NULL, h_invite_regenerate },
	{ "POST", V1 "/invites/{code}/accept", AUTH_USER, LIMIT_GUESS, "", ROUTE_ONCE, NULL, h_invite_accept },

	{ "POST", SERVER "/channels", AUTH_USER, LIMIT_CHANNEL, "", ROUTE_ONCE, &fields_channel,
	    h_channel_create },
	{ "GET", CHANNEL, AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_channel_read },
	{ "PATCH", CHANNEL, AUTH_USER, LIMIT_ANY, "", 0, &fields_channel_update, h_channel_update },
	{ "DELETE", CHANNEL, AUTH_USER, LIMIT_ANY, "", 0, NULL, h_channel_delete },
	{ "GET", CHANNEL "/members", AUTH_USER, LIMIT_ANY, "limit after", ROUTE_ETAG, NULL, h_channel_members },
	{ "PUT", CHANNEL "/members/{user}", AUTH_USER, LIMIT_ANY, "", 0, NULL, h_channel_member_put },
	{ "DELETE", CHANNEL "/members/{user}", AUTH_USER, LIMIT_ANY, "", 0, NULL, h_channel_member_delete },
	{ "GET", CHANNEL "/overrides", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_override_list },
	{ "PUT", CHANNEL "/overrides/{target_id}", AUTH_USER, LIMIT_ANY, "", 0, &fields_override,
	    h_override_put },
	{ "DELETE", CHANNEL "/overrides/{target_id}", AUTH_USER, LIMIT_ANY, "", 0, NULL, h_override_delete },
	{ "POST", V1 "/dms", AUTH_USER, LIMIT_DM, "", ROUTE_ONCE, &fields_dm, h_dm_open },

	{ "GET", CHANNEL "/messages", AUTH_USER, LIMIT_ANY, "before after around limit", ROUTE_ETAG, NULL,
	    h_message_list },
	{ "POST", CHANNEL "/messages", AUTH_USER, LIMIT_SEND, "", ROUTE_TEXT_OK | ROUTE_ONCE, &fields_message,
	    h_message_create },
	{ "POST", CHANNEL "/messages/bulk-delete", AUTH_USER, LIMIT_ANY, "", 0, &fields_bulk_delete, h_bulk_delete },
	{ "GET", CHANNEL "/messages/{message_id}", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_message_read },
	{ "PATCH", CHANNEL "/messages/{message_id}", AUTH_USER, LIMIT_SEND, "", 0, &fields_message_update,
	    h_message_update },
	{ "DELETE", CHANNEL "/messages/{message_id}", AUTH_USER, LIMIT_ANY, "", 0, NULL, h_message_delete },
	{ "PUT", CHANNEL "/read", AUTH_USER, LIMIT_ANY, "", 0, &fields_position, h_read_put },
	{ "PUT", CHANNEL "/delivered", AUTH_USER, LIMIT_ANY, "", 0, &fields_position, h_delivered_put },
	{ "GET", CHANNEL "/receipts", AUTH_USER, LIMIT_ANY, "", ROUTE_ETAG, NULL, h_receipts },
	{ "POST", CHANNEL "/typing", AUTH_USER, LIMIT_TYPING, "", 0, NULL, h_typing },
	{ "POST", V1 "/sync", AUTH_USER, LIMIT_ANY, "", 0, &fields_sync, h_sync },
};

const size_t route_count = sizeof(routes) / sizeof(routes[0]);
