// Package inside looks from the machine that holds the configuration: settings,
// secrets, database and pooler, rows, Valkey, disk, mail, and whether the
// product works with all of it. It reads; what it has to write for a test it
// takes back.
package inside

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/outside"
	"github.com/aiwfe/aiwfe-auth/internal/store"
	"github.com/aiwfe/aiwfe-auth/internal/valkey"
)

// Options is what there is to look at.
type Options struct {
	// Config is what could be read, never nil; Problem is what config.Load said
	// of it: *config.Faults, another error, or nil.
	Config  *config.Config
	Problem error
	// RoundTrip tries what a login needs with these settings on this database:
	// an access token in each form, a CSRF token and a session, made, checked
	// and taken back. The error names the step.
	RoundTrip func(ctx context.Context, db *store.Store) error
	// Disk asks a file system how it is; nil asks the real one.
	Disk func(path string) (Disk, error)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Serving is set in the running server, which has no need to ask whether it
	// runs.
	Serving bool
	// Cheap leaves out what asks other machines for long, for the examination
	// that a running server makes of itself every few minutes.
	Cheap bool
	// Node is the id of the server that asks, and Seen what it sees go wrong; both
	// are empty at the command line.
	Node string
	Seen func() []api.Finding
	// Store is the open database of the server that asks.
	Store *store.Store
}

// inside is one examination. Its fields are filled by the checks, each before
// those that need it.
type inside struct {
	Options
	cfg *config.Config
	// lints are secrets that arrived mangled.
	lints []lint
	// missingKeys are files of keys that the first start will make.
	missingKeys []string
	keptErr     error
	// db is open once the check "database" has passed.
	db *store.Store
	// valkey is open once the check "cache_login" has passed.
	valkey *valkey.Client
	// session is what the database said of itself, stages what migrations make.
	session store.Session
	stages  []store.Stage
	// live are the servers that run on the database, once the check "nodes" has passed; together
	// are those that run at the same time, and salt is that of their marks.
	live, together []store.Node
	salt           string
}

// Checks lists everything that can be asked from here, the public address
// included. done frees what the checks opened.
func Checks(o Options) (checks []doctor.Check, done func()) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Disk == nil {
		o.Disk = statDisk
	}
	in := &inside{Options: o, cfg: o.Config}
	in.missingKeys, in.keptErr = in.cfg.ReadKeptKeys()
	in.lints = lintSecrets(in.cfg.Secrets())
	checks = slices.Concat(
		in.configChecks(), in.keyChecks(), in.machineChecks(),
		in.databaseChecks(), in.rowChecks(), in.cacheChecks(), in.productChecks(), in.nodeChecks(), in.backupChecks(),
		in.auditChecks(), in.applicationChecks(),
	)
	if !in.Cheap {
		checks = append(checks, in.mailChecks()...)
	}
	require(checks, "database", "settings_database", "database_file")
	if in.cfg.PublicURL != nil && !in.Cheap {
		checks = append(checks, in.publicChecks()...)
	}
	return checks, in.close
}

// require adds needs to a check of another area: those of its own area are
// written where it is.
func require(checks []doctor.Check, name string, needs ...string) {
	for i := range checks {
		if checks[i].Name == name {
			checks[i].Needs = append(slices.Clone(checks[i].Needs), needs...)
		}
	}
}

func (in *inside) close() {
	if in.db != nil && in.db != in.Store {
		in.db.Close()
	}
	if in.valkey != nil {
		in.valkey.Close()
	}
}

// mayOpenFile says whether the database file may be opened beside the server's
// own connections. Within one process it may not: POSIX takes all locks of a
// process on a file away as soon as it closes the file anywhere, and another
// process would then take the server for gone and remove its write-ahead log.
func (in *inside) mayOpenFile() bool { return in.Store == nil }

// publicChecks asks the public address as a stranger would, and the listener
// behind it, so that what differs is the doing of what stands between.
func (in *inside) publicChecks() []doctor.Check {
	direct := &url.URL{Scheme: "http", Host: in.cfg.ListenAddr}
	if in.cfg.TLSCertFile != "" {
		direct.Scheme = "https"
	}
	return outside.Checks(outside.Options{
		URL: in.cfg.PublicURL, Direct: direct, Needs: []string{"server_running", "settings_address"}, Now: in.Now,
		Strict:  !in.cfg.Environment.Relaxed(),
		Origins: in.cfg.CORSOrigins, CookieDomain: in.cfg.CookieDomain, SignedIn: in.arrivals,
		Setting: func(name string) string { return setting(name, in.cfg.Origin(name)) },
	})
}
