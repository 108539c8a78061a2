/*
 * handlers - what the route table names: one handler and at most one field list a row. Each handler
 * gets a request whose guards have passed and leaves a reply or returns the error to answer.
 */
#ifndef MOOT_CGI_HANDLERS_H
#define MOOT_CGI_HANDLERS_H

#include "cgi/fields.h"
#include "cgi/request.h"

/* h_meta.c */
enum err h_meta(struct request *r);
enum err h_live(struct request *r);
enum err h_ready(struct request *r);
enum err h_metrics(struct request *r);

/* h_auth.c */
extern const struct field_list fields_register, fields_setup, fields_login, fields_login_second,
    fields_refresh;
enum err h_register(struct request *r);
enum err h_setup(struct request *r);
enum err h_login(struct request *r);
enum err h_login_second(struct request *r);
enum err h_refresh(struct request *r);
enum err h_logout(struct request *r);

/* h_email.c */
extern const struct field_list fields_email, fields_verify, fields_reset, fields_reset_confirm;
enum err h_email_set(struct request *r);
enum err h_email_resend(struct request *r);
enum err h_email_verify(struct request *r);
enum err h_reset_ask(struct request *r);
enum err h_reset_set(struct request *r);

/* h_me.c */
extern const struct field_list fields_me, fields_password, fields_token;
enum err h_me_read(struct request *r);
enum err h_me_update(struct request *r);
enum err h_password(struct request *r);
enum err h_session_list(struct request *r);
enum err h_session_end(struct request *r);
enum err h_token_list(struct request *r);
enum err h_token_create(struct request *r);
enum err h_token_delete(struct request *r);
enum err h_user_read(struct request *r);
enum err h_bootstrap(struct request *r);

/* h_picture.c */
enum err h_avatar_put(struct request *r);
enum err h_avatar_delete(struct request *r);
enum err h_icon_put(struct request *r);
enum err h_icon_delete(struct request *r);
enum err h_picture_file(struct request *r);

/* h_people.c */
extern const struct field_list fields_deactivate, fields_me_delete;
enum err h_block_list(struct request *r);
enum err h_block_put(struct request *r);
enum err h_block_delete(struct request *r);
enum err h_me_deactivate(struct request *r);
enum err h_me_delete(struct request *r);
enum err h_export_start(struct request *r);
enum err h_export_read(struct request *r);
enum err h_export_file(struct request *r);

/* h_security.c */
extern const struct field_list fields_confirm, fields_totp;
enum err h_security_read(struct request *r);
enum err h_confirm(struct request *r);
enum err h_totp_begin(struct request *r);
enum err h_totp_enable(struct request *r);
enum err h_totp_disable(struct request *r);
enum err h_recovery_codes(struct request *r);

/* h_server.c */
extern const struct field_list fields_server, fields_server_update, fields_member;
enum err h_server_create(struct request *r);
enum err h_server_read(struct request *r);
enum err h_server_update(struct request *r);
enum err h_server_delete(struct request *r);
enum err h_server_deleted_list(struct request *r);
enum err h_server_restore(struct request *r);
enum err h_member_list(struct request *r);
enum err h_member_read(struct request *r);
enum err h_member_update(struct request *r);
enum err h_member_remove(struct request *r);

/* h_audit.c */
enum err h_audit_list(struct request *r);

/* h_moderation.c */
extern const struct field_list fields_ban, fields_timeout, fields_bulk_delete, fields_purge;
enum err h_ban_put(struct request *r);
enum err h_ban_delete(struct request *r);
enum err h_ban_list(struct request *r);
enum err h_timeout_put(struct request *r);
enum err h_timeout_delete(struct request *r);
enum err h_bulk_delete(struct request *r);
enum err h_purge(struct request *r);
enum err h_purge_count(struct request *r);
enum err h_server_retention(struct request *r);
enum err h_channel_retention(struct request *r);

/* h_registration.c */
enum err h_registration_list(struct request *r);
enum err h_registration_approve(struct request *r);
enum err h_registration_refuse(struct request *r);

/* h_report.c */
extern const struct field_list fields_message_report, fields_user_report, fields_report_update;
enum err h_message_report(struct request *r);
enum err h_user_report(struct request *r);
enum err h_report_list(struct request *r);
enum err h_report_read(struct request *r);
enum err h_report_update(struct request *r);

/* h_role.c */
extern const struct field_list fields_role, fields_role_update, fields_role_order, fields_hand_on;
enum err h_role_list(struct request *r);
enum err h_role_create(struct request *r);
enum err h_role_update(struct request *r);
enum err h_role_order(struct request *r);
enum err h_role_delete(struct request *r);
enum err h_server_hand_on(struct request *r);

/* h_rule.c */
extern const struct field_list fields_rule, fields_rule_update;
enum err h_rule_list(struct request *r);
enum err h_rule_read(struct request *r);
enum err h_rule_create(struct request *r);
enum err h_rule_update(struct request *r);
enum err h_rule_delete(struct request *r);

/* h_invite.c */
extern const struct field_list fields_invite;
enum err h_invite_create(struct request *r);
enum err h_invite_list(struct request *r);
enum err h_invite_read(struct request *r);
enum err h_invite_accept(struct request *r);
enum err h_invite_regenerate(struct request *r);
enum err h_invite_delete(struct request *r);

/* h_channel.c */
extern const struct field_list fields_channel, fields_channel_update, fields_channel_order,
    fields_override, fields_dm;
enum err h_channel_create(struct request *r);
enum err h_channel_read(struct request *r);
enum err h_channel_update(struct request *r);
enum err h_channel_delete(struct request *r);
enum err h_channel_order(struct request *r);
enum err h_channel_deleted_list(struct request *r);
enum err h_channel_restore(struct request *r);
enum err h_channel_members(struct request *r);
enum err h_channel_member_put(struct request *r);
enum err h_channel_member_delete(struct request *r);
enum err h_override_list(struct request *r);
enum err h_override_put(struct request *r);
enum err h_override_delete(struct request *r);
enum err h_dm_open(struct request *r);
enum err h_typing(struct request *r);

/* h_web.c */
enum err h_web_page(struct request *r);
enum err h_web_feed(struct request *r);

/* h_mark.c */
extern const struct field_list fields_position;
enum err h_read_put(struct request *r);
enum err h_delivered_put(struct request *r);
enum err h_receipts(struct request *r);

/* h_message.c */
extern const struct field_list fields_message, fields_message_update, fields_sync;
enum err h_message_create(struct request *r);
enum err h_message_list(struct request *r);
enum err h_message_read(struct request *r);
enum err h_message_update(struct request *r);
enum err h_message_delete(struct request *r);
enum err h_sync(struct request *r);

/* h_presence.c */
extern const struct field_list fields_presence, fields_watch;
enum err h_presence_set(struct request *r);
enum err h_presence_watch(struct request *r);
enum err h_presence_list(struct request *r);

#endif
