-- Who holds a role, without walking through everybody.

CREATE INDEX member_roles_idx ON member USING gin (roles);
COMMENT ON TABLE limit_bucket IS
'Rate limits: of sign-in while Redis is away, and of what is decided in the database, such as mentions of roles';
