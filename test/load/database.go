package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Engines.
const (
	onSQLite   = "SQLite"
	onPostgres = "PostgreSQL through pgbouncer"
)

// size is how much is in a database.
type size struct{ users, sessions, audit, live int }

// everyday is what most parts are measured with.
var everyday = size{users: 1000, sessions: 1000, audit: 1000, live: 500}

// live is a session that the seeder made.
type live struct {
	User    string `json:"user_id"`
	Email   string `json:"email"`
	Session string `json:"session_id"`
	Token   string `json:"access_token"`
	Cookie  string `json:"cookie"`
}

// database is one that was filled for measuring, with the keys that its sessions were made by.
type database struct {
	engine, data string
	settings     []string // DATABASE_URL, where there is one
	live         []live
	people       []string // who may sign in
	pids         []int    // of the database's own processes
}

const (
	boss    = "boss@example.com"
	watcher = "watcher@example.com" // whose session is looked at while others sign in
)

// fill makes a database of this size.
func (w *world) fill(ctx context.Context, engine, name string, s size, settings ...string) (*database, error) {
	d := &database{engine: engine, data: filepath.Join(w.folder, name)}
	if err := os.MkdirAll(d.data, 0o700); err != nil {
		return nil, err
	}
	if engine == onPostgres {
		address, err := w.postgresDatabase()
		if err != nil {
			return nil, err
		}
		d.settings = []string{"DATABASE_URL=" + address}
		d.pids = []int{w.pg.PID(), w.bouncer.PID()}
	}
	file := filepath.Join(d.data, "live.jsonl")
	env := w.env(d, append(d.settings, settings...)...)
	seed := []string{
		"bench", "seed", "--users", fmt.Sprint(s.users), "--sessions", fmt.Sprint(s.sessions), "--audit", fmt.Sprint(s.audit),
		"--password-stdin", "--live", fmt.Sprint(s.live), "--live-file", file,
	}
	if slices.Contains(settings, "PASSWORD_UPGRADE=off") { // the cheaper hash of another program stays as it is
		seed = append(seed, "--bcrypt-cost", "10")
	}
	for _, args := range [][]string{
		{"user", "create", "--email", boss, "--role", "admin", "--password-stdin"},
		{"user", "create", "--email", watcher, "--password-stdin"},
		seed,
	} {
		if err := w.verb(ctx, env, args...); err != nil {
			return nil, err
		}
	}
	return d, d.readLive(file)
}

func (d *database) readLive(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var l live
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return err
		}
		d.live = append(d.live, l)
		if !seen[l.Email] {
			d.people = append(d.people, l.Email)
		}
		seen[l.Email] = true
	}
	return lines.Err()
}

// postgresDatabase gives the address of a new database, through pgbouncer. The cluster waits for the disk, as one in
// production does.
func (w *world) postgresDatabase() (address string, err error) {
	err = catch(func() {
		if w.pg == nil {
			w.pg = ground.PrivatePostgres(w.scene, ground.Options{
				Fsync: true, Settings: map[string]string{"shared_buffers": "256MB", "max_wal_size": "4GB"},
			})
			w.bouncer = ground.PgBouncer(w.scene, w.pg, "transaction", 20)
		}
		address = w.bouncer.URL(w.pg.NewDatabase(w.scene))
	})
	return address, err
}
