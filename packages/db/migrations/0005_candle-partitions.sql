-- One-minute candles, six in ten of all rows, are kept for a time: a partition a month, dropped as a whole. The longer
-- ones are kept for ever, in one table.
ALTER TABLE "candles" RENAME TO "candles_before";
--> statement-breakpoint
ALTER INDEX "candles_asset_interval_open_time_pk" RENAME TO "candles_before_pk";
--> statement-breakpoint
CREATE TABLE "candles" (
	"asset" text NOT NULL,
	"interval" text NOT NULL,
	"open_time" timestamp with time zone NOT NULL,
	"open" double precision NOT NULL,
	"high" double precision NOT NULL,
	"low" double precision NOT NULL,
	"close" double precision NOT NULL,
	"spread" double precision NOT NULL,
	"ticks" bigint NOT NULL,
	CONSTRAINT "candles_asset_interval_open_time_pk" PRIMARY KEY("asset","interval","open_time")
) PARTITION BY LIST ("interval");
--> statement-breakpoint
CREATE TABLE "candles_longer" PARTITION OF "candles" DEFAULT;
--> statement-breakpoint
CREATE TABLE "candles_1m" PARTITION OF "candles" FOR VALUES IN ('1m') PARTITION BY RANGE ("open_time");
--> statement-breakpoint
-- Where a candle goes whose month has no partition: it is never refused for that.
CREATE TABLE "candles_1m_other" PARTITION OF "candles_1m" DEFAULT;
--> statement-breakpoint
-- Makes the partition of a month (UTC), with what lies in candles_1m_other of it. Nobody reads meanwhile: a statement
-- that was planned before would look for the moved rows where they are no more.
CREATE FUNCTION make_candle_month(month timestamptz) RETURNS text LANGUAGE plpgsql
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
	name text := 'candles_1m_' || to_char(month, 'YYYY_MM');
	upper_bound timestamptz := month + interval '1 month';
BEGIN
	IF to_regclass(name) IS NOT NULL THEN RETURN NULL; END IF;
	LOCK TABLE ONLY candles_1m IN ACCESS EXCLUSIVE MODE;
	EXECUTE format('CREATE TABLE %I (LIKE candles_1m INCLUDING ALL)', name);
	EXECUTE format('WITH moved AS (DELETE FROM candles_1m_other WHERE open_time >= $1 AND open_time < $2 RETURNING *)
		INSERT INTO %I SELECT * FROM moved', name) USING month, upper_bound;
	EXECUTE format('ALTER TABLE candles_1m ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, month, upper_bound);
	RETURN name;
END
$$;
--> statement-breakpoint
-- Makes the partitions of this month and of the `ahead` next ones, and of earlier months whose candles had to go to
-- candles_1m_other. Returns the names of those that it made.
CREATE FUNCTION make_candle_partitions(ahead integer) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
DECLARE
	this_month timestamptz := date_trunc('month', now());
	month timestamptz;
	made text;
BEGIN
	IF ahead NOT BETWEEN 0 AND 24 THEN RAISE EXCEPTION 'no % months ahead', ahead; END IF;
	-- One at a time: any number will do as long as nobody else takes it.
	PERFORM pg_advisory_xact_lock(4221770002);
	FOR month IN
		SELECT generate_series(this_month, this_month + ahead * interval '1 month', interval '1 month')
		UNION SELECT date_trunc('month', open_time) FROM candles_1m_other WHERE open_time < this_month
		ORDER BY 1
	LOOP
		made := make_candle_month(month);
		IF made IS NOT NULL THEN RETURN NEXT made; END IF;
	END LOOP;
END
$$;
--> statement-breakpoint
-- Drops the partitions of months that were over `kept_days` ago. Counted from now or from the newest candle, whichever is
-- earlier: a clock that is wrong by years alone drops nothing. Returns their names.
CREATE FUNCTION drop_candle_partitions(kept_days integer) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '1s' AS $$
DECLARE
	newest timestamptz := (
		SELECT max(c.open_time) FROM candle_progress p CROSS JOIN LATERAL (
			SELECT open_time FROM candles WHERE asset = p.asset AND interval = '1m' AND open_time <= now()
			ORDER BY open_time DESC LIMIT 1) c);
	name text;
BEGIN
	IF kept_days < 31 THEN RAISE EXCEPTION 'candles are kept for 31 days at least, not for %', kept_days; END IF;
	FOR name IN
		SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = 'candles_1m'::regclass AND c.relname ~ '^candles_1m_\d{4}_\d{2}$'
			AND to_timestamp(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= newest - kept_days * interval '1 day'
		ORDER BY 1
	LOOP
		EXECUTE format('DROP TABLE %I', name);
		RETURN NEXT name;
	END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION make_candle_month(timestamptz), make_candle_partitions(integer), drop_candle_partitions(integer)
	FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION make_candle_partitions(integer), drop_candle_partitions(integer) TO "db_processor";
--> statement-breakpoint
DO $$ BEGIN
	PERFORM make_candle_month(month) FROM (
		SELECT DISTINCT date_trunc('month', open_time, 'UTC') AS month FROM candles_before
		WHERE interval = '1m' AND open_time < now()) AS months;
	PERFORM make_candle_partitions(2);
END $$;
--> statement-breakpoint
INSERT INTO "candles" ("asset", "interval", "open_time", "open", "high", "low", "close", "spread", "ticks")
	SELECT "asset", "interval", "open_time", "open", "high", "low", "close", "spread", "ticks" FROM "candles_before";
--> statement-breakpoint
DROP TABLE "candles_before";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "candles" TO "db_processor";
--> statement-breakpoint
GRANT SELECT ON "candles" TO "api_server";
