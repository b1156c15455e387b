CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"epoch" bigint NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
GRANT USAGE ON SCHEMA "public" TO "poller";
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON "leases" TO "poller";
