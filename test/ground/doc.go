// Package ground owns the real servers that tests stand on: PostgreSQL, pgbouncer, Redis, nginx,
// HAProxy, Caddy and aiwfe-auth itself.
//
// Each server listens on a free port of 127.0.0.1 and keeps its files in a temporary folder. Nothing a test asks for is
// ever skipped: a missing program fails the test with one sentence that names scripts/install-test-deps.
//
//	pg := ground.Postgres(t)                       one cluster for the whole test binary, quick and not durable
//	url := pg.NewDatabase(t)                       a fresh empty database, dropped when the test ends
//	pooled := ground.PgBouncer(t, pg, "transaction", 4).URL(url)
//	own := ground.PrivatePostgres(t, ground.Options{Fsync: true})
//	own.Kill9(); own.Start()                       for tests that break the cluster
//	redis := ground.Redis(t)
//	proxy := ground.Nginx(t, serverBlockText)     HAProxy and Caddy alike
//	net := ground.FaultProxy(t, pg.Addr())         a network before any of them that can be broken: net.URL(url)
//	post := ground.SMTP(t)                         a mail server within the test: SMTP_URL is post.URL
//	srv := ground.Server(t, map[string]string{"DATABASE_URL": pooled})
//	res := srv.Run("doctor", "--json")             another verb with the environment of the server
//
// A test binary can panic or be killed, and then no cleanup runs. So each server is written down with a keeper, a small
// shell that does nothing but wait for the end of a pipe which only the test binary holds open. When it ends, for
// whatever reason, the keeper stops what is still written down, by process id, and removes the folders.
//
// The package holds three things for as long as the test binary lives, each made on first use: the keeper, the shared
// PostgreSQL cluster and the built program.
package ground
