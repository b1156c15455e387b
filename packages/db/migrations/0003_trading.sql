CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"shard" smallint NOT NULL,
	"opened_sequence" bigint NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"mode" text NOT NULL,
	"profile" text NOT NULL,
	"currency" text DEFAULT 'USD' NOT NULL,
	"balance" bigint NOT NULL,
	"is_margin_called" boolean NOT NULL,
	CONSTRAINT "accounts_opened" UNIQUE("shard","opened_sequence")
);
--> statement-breakpoint
CREATE TABLE "fills" (
	"shard" smallint NOT NULL,
	"id" bigint NOT NULL,
	"sequence" bigint NOT NULL,
	"account_id" uuid NOT NULL,
	"order_id" bigint,
	"position_id" bigint NOT NULL,
	"asset" text NOT NULL,
	"side" text NOT NULL,
	"quantity" bigint NOT NULL,
	"price" bigint NOT NULL,
	"rule" text NOT NULL,
	"level" bigint,
	"realized_pnl" bigint NOT NULL,
	"commission" bigint NOT NULL,
	"quote" json NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "fills_shard_id_pk" PRIMARY KEY("shard","id"),
	CONSTRAINT "fills_quantity" CHECK ("fills"."quantity" > 0)
);
--> statement-breakpoint
CREATE TABLE "house_balances" (
	"shard" smallint NOT NULL,
	"account" text NOT NULL,
	"balance" numeric(38, 0) NOT NULL,
	CONSTRAINT "house_balances_shard_account_pk" PRIMARY KEY("shard","account")
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"shard" smallint NOT NULL,
	"sequence" bigint NOT NULL,
	"line" smallint NOT NULL,
	"account" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "ledger_entries_shard_sequence_line_pk" PRIMARY KEY("shard","sequence","line"),
	CONSTRAINT "ledger_entries_amount" CHECK ("ledger_entries"."amount" <> 0)
);
--> statement-breakpoint
CREATE TABLE "ledger_transactions" (
	"shard" smallint NOT NULL,
	"sequence" bigint NOT NULL,
	"cause" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_transactions_shard_sequence_pk" PRIMARY KEY("shard","sequence"),
	CONSTRAINT "ledger_transactions_cause" UNIQUE("shard","cause")
);
--> statement-breakpoint
CREATE TABLE "markets" (
	"shard" smallint NOT NULL,
	"asset" text NOT NULL,
	"listed_sequence" bigint NOT NULL,
	"trading_state" text DEFAULT 'active' NOT NULL,
	"terms" json NOT NULL,
	"quote" json,
	CONSTRAINT "markets_shard_asset_pk" PRIMARY KEY("shard","asset")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"shard" smallint NOT NULL,
	"id" bigint NOT NULL,
	"account_id" uuid NOT NULL,
	"client_order_id" text NOT NULL,
	"asset" text NOT NULL,
	"status" text NOT NULL,
	"is_triggered" boolean NOT NULL,
	"terms" json NOT NULL,
	"modified_terms" json,
	"accepted_at" timestamp with time zone NOT NULL,
	"accepted_sequence" bigint NOT NULL,
	"ended_at" timestamp with time zone,
	"end_reason" text,
	"sequence" bigint NOT NULL,
	CONSTRAINT "orders_shard_id_pk" PRIMARY KEY("shard","id"),
	CONSTRAINT "orders_client_order_id" UNIQUE("account_id","client_order_id"),
	CONSTRAINT "orders_ended" CHECK (("orders"."status" = 'accepted') = ("orders"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "positions" (
	"shard" smallint NOT NULL,
	"id" bigint NOT NULL,
	"account_id" uuid NOT NULL,
	"asset" text NOT NULL,
	"side" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"quantity" bigint NOT NULL,
	"cost" bigint NOT NULL,
	"commission" bigint NOT NULL,
	"swap" bigint NOT NULL,
	"realized_pnl" bigint NOT NULL,
	"swap_day" integer NOT NULL,
	"stop_loss" bigint,
	"take_profit" bigint,
	"trailing_distance" bigint,
	"trailing_best" bigint,
	"trailing_sequence" bigint,
	"closed_at" timestamp with time zone,
	"sequence" bigint NOT NULL,
	CONSTRAINT "positions_shard_id_pk" PRIMARY KEY("shard","id"),
	CONSTRAINT "positions_closed" CHECK (("positions"."quantity" = 0) = ("positions"."closed_at" is not null)),
	CONSTRAINT "positions_quantity" CHECK ("positions"."quantity" >= 0)
);
--> statement-breakpoint
CREATE TABLE "shards" (
	"shard" smallint PRIMARY KEY NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"sequence" bigint DEFAULT 0 NOT NULL,
	"published_sequence" bigint DEFAULT 0 NOT NULL,
	"command_log" text,
	"command_offset" bigint DEFAULT 0 NOT NULL,
	"next_order_id" bigint DEFAULT 1 NOT NULL,
	"next_position_id" bigint DEFAULT 1 NOT NULL,
	"next_fill_id" bigint DEFAULT 1 NOT NULL,
	"swap_day" integer DEFAULT -1 NOT NULL,
	"rounding_carry" bigint DEFAULT 0 NOT NULL,
	"trading_state" text DEFAULT 'active' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trade_commands" (
	"id" uuid PRIMARY KEY NOT NULL,
	"shard" smallint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"answer" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trade_events" (
	"shard" smallint NOT NULL,
	"sequence" bigint NOT NULL,
	"type" text NOT NULL,
	"account_id" uuid,
	"command_id" uuid,
	"at" timestamp with time zone NOT NULL,
	"data" json NOT NULL,
	CONSTRAINT "trade_events_shard_sequence_pk" PRIMARY KEY("shard","sequence")
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_shard_shards_shard_fk" FOREIGN KEY ("shard") REFERENCES "public"."shards"("shard") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_shard_position_id_positions_shard_id_fk" FOREIGN KEY ("shard","position_id") REFERENCES "public"."positions"("shard","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "house_balances" ADD CONSTRAINT "house_balances_shard_shards_shard_fk" FOREIGN KEY ("shard") REFERENCES "public"."shards"("shard") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_shard_sequence_ledger_transactions_shard_sequence_fk" FOREIGN KEY ("shard","sequence") REFERENCES "public"."ledger_transactions"("shard","sequence") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "markets" ADD CONSTRAINT "markets_shard_shards_shard_fk" FOREIGN KEY ("shard") REFERENCES "public"."shards"("shard") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "positions" ADD CONSTRAINT "positions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trade_events" ADD CONSTRAINT "trade_events_shard_shards_shard_fk" FOREIGN KEY ("shard") REFERENCES "public"."shards"("shard") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "accounts_user_id" ON "accounts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "fills_account" ON "fills" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "fills_position" ON "fills" USING btree ("shard","position_id","id");--> statement-breakpoint
CREATE INDEX "fills_order" ON "fills" USING btree ("shard","order_id","id") WHERE "fills"."order_id" is not null;--> statement-breakpoint
CREATE INDEX "ledger_entries_account" ON "ledger_entries" USING btree ("account","shard","sequence");--> statement-breakpoint
CREATE INDEX "orders_account" ON "orders" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "orders_pending" ON "orders" USING btree ("shard","account_id","id") WHERE "orders"."status" = 'accepted';--> statement-breakpoint
CREATE INDEX "positions_open" ON "positions" USING btree ("shard","account_id","id") WHERE "positions"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "positions_ended" ON "positions" USING btree ("account_id","closed_at","id") WHERE "positions"."closed_at" is not null;--> statement-breakpoint
CREATE INDEX "trade_commands_at" ON "trade_commands" USING btree ("at");--> statement-breakpoint
CREATE INDEX "trade_events_listed" ON "trade_events" USING btree ("shard","sequence") WHERE "trade_events"."type" = 'instrument-listed';--> statement-breakpoint
CREATE INDEX "trade_events_trailing_best" ON "trade_events" USING btree ("shard","sequence") WHERE "trade_events"."type" = 'trailing-best-reached';
--> statement-breakpoint
-- The number of shards is that of the partitions of the trade topics, fixed for ever.
INSERT INTO "shards" ("shard") SELECT generate_series(0, 11);
--> statement-breakpoint
-- What has happened stays as it was written, for the owner too.
CREATE FUNCTION refuse_book_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
CREATE TRIGGER trade_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "trade_events"
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_book_change();
--> statement-breakpoint
CREATE TRIGGER fills_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "fills"
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_book_change();
--> statement-breakpoint
CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_transactions"
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_book_change();
--> statement-breakpoint
CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_book_change();
--> statement-breakpoint
-- A transaction of the ledger comes whole and sums to zero. Deferred to the commit, once for each transaction: its
-- entries may be written by another statement than the transaction itself.
CREATE FUNCTION require_ledger_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	total numeric;
BEGIN
	SELECT sum("amount") INTO total FROM "ledger_entries" WHERE "shard" = NEW."shard" AND "sequence" = NEW."sequence";
	IF total IS DISTINCT FROM 0 THEN
		RAISE EXCEPTION 'ledger transaction % of shard % sums to %, not to 0', NEW."sequence", NEW."shard", total
			USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transactions_balance';
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER ledger_transactions_balance AFTER INSERT ON "ledger_transactions"
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_ledger_balance();
--> statement-breakpoint
-- Nor can entries be added to a transaction that was there before: what is added has to sum to zero by itself.
CREATE FUNCTION require_entries_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	wrong record;
BEGIN
	SELECT "shard", "sequence", sum("amount") AS total INTO wrong FROM added
		GROUP BY "shard", "sequence" HAVING sum("amount") <> 0 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'entries of ledger transaction % of shard % sum to %, not to 0', wrong."sequence", wrong."shard", wrong.total
			USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_balance';
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER ledger_entries_balance AFTER INSERT ON "ledger_entries"
	REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION require_entries_balance();
--> statement-breakpoint
GRANT USAGE ON SCHEMA "public" TO "trading_engine";
--> statement-breakpoint
-- An engine's own lease goes with it.
GRANT SELECT, INSERT, UPDATE, DELETE ON "leases" TO "trading_engine";
--> statement-breakpoint
GRANT SELECT, UPDATE ON "shards" TO "trading_engine";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "markets", "accounts", "orders", "positions", "house_balances" TO "trading_engine";
--> statement-breakpoint
GRANT SELECT, INSERT ON "trade_events", "fills", "ledger_transactions", "ledger_entries" TO "trading_engine";
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON "trade_commands" TO "trading_engine";
--> statement-breakpoint
-- Whether the user is there for whom an account is to be opened.
GRANT SELECT ("id") ON "users" TO "trading_engine";
--> statement-breakpoint
GRANT SELECT ON "shards", "markets", "accounts", "orders", "positions", "fills", "trade_events", "trade_commands",
	"ledger_transactions", "ledger_entries", "house_balances" TO "api_server";
