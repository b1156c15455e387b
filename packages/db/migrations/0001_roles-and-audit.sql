-- The audit table only grows, for its owner too.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'audit_events is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
--> statement-breakpoint
-- The roles themselves are created by migrateDatabase before the migrations run.
REVOKE ALL ON SCHEMA "public" FROM PUBLIC;
--> statement-breakpoint
GRANT USAGE ON SCHEMA "public" TO "db_processor", "api_server";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "users" TO "db_processor";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "sessions" TO "db_processor";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "processed_requests" TO "db_processor";
--> statement-breakpoint
GRANT SELECT, INSERT ON "audit_events" TO "db_processor";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "candles", "candle_progress" TO "db_processor";
--> statement-breakpoint
GRANT SELECT ON "sessions", "candles" TO "api_server";
--> statement-breakpoint
-- Not the password hash.
GRANT SELECT ("id", "email", "created_at") ON "users" TO "api_server";
