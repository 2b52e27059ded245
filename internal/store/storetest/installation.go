package storetest

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// installationChecks concern a whole database, so each gets its own.
var installationChecks = []check{
	{"FirstAdministratorIsMadeOnce", firstAdmin},
	{"LastAdministratorStays", lastAdmin},
	{"SweepTakesWhatEndedLongAgo", sweep},
	{"SweepBoundsTheBuckets", sweepBounds},
	{"StatusTellsOfThisDatabase", status},
}

func firstAdmin(t *testing.T, g ground) {
	if ever := must[bool](t)(g.AdminEver(t.Context())); ever {
		t.Error("an empty database has had an administrator")
	}
	setup := g.put(t, linkOf(login.LinkSetup, ""))
	newer := g.put(t, linkOf(login.LinkSetup, ""))
	if g.alive(t, setup, noon) || !g.alive(t, newer, noon) {
		t.Error("the newer set-up link does not kill the older")
	}
	var made atomic.Int64
	atOnce(30, func(i int) {
		n := newUser()
		n.Role, n.FirstAdmin = account.RoleAdmin, true
		if i%2 == 0 {
			n.Taken = &newer // in the browser; the others on the command line
		}
		_, ok, err := g.CreateUser(t.Context(), n)
		if err != nil {
			t.Error(err)
		}
		if ok {
			made.Add(1)
		}
	})
	list := must[[]account.User](t)(g.ListUsers(t.Context(), login.UserQuery{Limit: 50}))
	if made.Load() != 1 || len(list) != 1 || !list[0].IsAdmin() {
		t.Fatalf("thirty at once made %d first administrators and %d accounts", made.Load(), len(list))
	}
	// Another one by the ordinary way, and no way back to the first.
	g.create(t, admin)
	if got, err := g.DeleteUser(t.Context(), list[0].ID, row(audit.EventUserDeleted, noon)); err != nil || got.LastAdmin {
		t.Fatalf("%+v, %v", got, err)
	}
	n := newUser()
	n.Role, n.FirstAdmin = account.RoleAdmin, true
	if _, ok, err := g.CreateUser(t.Context(), n); ok || err != nil {
		t.Errorf("a second first administrator: %v, %v", ok, err)
	}
	if ever := must[bool](t)(g.AdminEver(t.Context())); !ever {
		t.Error("no administrator is remembered")
	}
}

func lastAdmin(t *testing.T, g ground) {
	var survivor account.User
	for range 5 { // a race is seldom lost at the first try
		pair := [2]account.User{g.create(t, admin), g.create(t, admin)}
		if survivor.ID != "" {
			if got, err := g.DeleteUser(t.Context(), survivor.ID, row(audit.EventUserDeleted, noon)); err != nil || got.LastAdmin {
				t.Fatalf("with two others, one may not go: %+v, %v", got, err)
			}
		}
		var refused atomic.Int64
		atOnce(2, func(i int) { // each demotes the other
			got, err := g.ChangeUser(t.Context(), login.Change{ID: pair[1-i].ID, Now: noon, Role: ptr(account.RoleUser)})
			if err != nil {
				t.Error(err)
			}
			if got.LastAdmin {
				refused.Add(1)
			}
		})
		left := must[[]account.User](t)(g.ListUsers(t.Context(), login.UserQuery{Role: account.RoleAdmin, Limit: 9}))
		if refused.Load() != 1 || len(left) != 1 {
			t.Fatalf("two demoted each other: %d were refused, %d are left", refused.Load(), len(left))
		}
		survivor = left[0]
	}
	lastOneStays(t, g, survivor)
	// An administrator who cannot sign in counts for nothing.
	next := g.create(t, admin)
	got, err := g.ChangeUser(t.Context(), login.Change{ID: survivor.ID, Now: noon, Status: ptr(account.StatusLocked)})
	if err != nil || got.LastAdmin {
		t.Fatalf("%+v, %v", got, err)
	}
	lastOneStays(t, g, next)
	// Nor does an active one who has no password yet.
	g.create(t, admin, func(n *login.NewUser) { n.Hash = "" })
	lastOneStays(t, g, next)
}

// lastOneStays tries every way in which the last administrator could go.
func lastOneStays(t *testing.T, g ground, u account.User) {
	t.Helper()
	for _, c := range []login.Change{
		{Role: ptr(account.RoleUser)},
		{Status: ptr(account.StatusDisabled)},
		{Active: ptr(false)},
		{Status: ptr(account.StatusLocked), Name: ptr("x")},
	} {
		c.ID, c.Now = u.ID, noon
		if got, err := g.ChangeUser(t.Context(), c); err != nil || !got.LastAdmin {
			t.Errorf("the last administrator may go by %+v: %+v, %v", c, got, err)
		}
	}
	if got, err := g.DeleteUser(t.Context(), u.ID, row(audit.EventUserDeleted, noon)); err != nil || !got.LastAdmin {
		t.Errorf("the last administrator may be deleted: %+v, %v", got, err)
	}
	if diff := gocmp.Diff(u, g.byID(t, u.ID)); diff != "" {
		t.Errorf("a refused change left its mark (-want +got):\n%s", diff)
	}
	if got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: u.UpdatedAt, Name: ptr(u.Name)}); err != nil || got.LastAdmin {
		t.Errorf("the last administrator may not even be renamed: %+v, %v", got, err)
	}
}

func sweep(t *testing.T, g ground) {
	u := g.create(t)
	ended, lives := g.signIn(t, u, noon), g.signIn(t, u, noon)
	if _, err := g.EndSession(t.Context(), u.ID, ended.ID, session.EndedLogout, row(audit.EventLogout, noon)); err != nil {
		t.Fatal(err)
	}
	bucket := bucketOf(secret.Random(32))
	bucket.Limit = 1
	g.take(t, bucket, noon)
	for range 3 {
		g.put(t, linkOf(login.LinkReset, u.ID))
	}
	keep := store.Keep{Sessions: time.Hour, Attempts: time.Hour, Links: time.Hour, Revocations: time.Hour}
	run := func(at time.Time) {
		t.Helper()
		if err := g.Sweep(t.Context(), at, keep); err != nil {
			t.Fatal(err)
		}
	}
	feed := func() int { return len(must[[]session.Revocation](t)(g.Revocations(t.Context(), 0, time.Hour))) }

	run(noon.Add(time.Hour)) // exactly as old as may stay
	if g.session(t, ended.ID) == nil || g.take(t, bucket, noon).OK || feed() != 1 {
		t.Error("what may still stay was swept")
	}
	run(noon.Add(time.Hour + time.Millisecond))
	if g.session(t, ended.ID) != nil {
		t.Error("an ended session stayed")
	}
	if g.session(t, lives.ID) == nil {
		t.Error("a living session was swept")
	}
	if !g.take(t, bucket, noon).OK {
		t.Error("the attempts stayed")
	}
	run(lives.ExpiresAt.Add(time.Hour + time.Millisecond))
	if g.session(t, lives.ID) != nil {
		t.Error("an expired session stayed")
	}
	// The feed keeps the time of the database.
	run(time.Now().Add(50 * time.Minute))
	if feed() != 1 {
		t.Error("a revocation that may still stay was swept")
	}
	run(time.Now().Add(70 * time.Minute))
	if feed() != 0 {
		t.Error("a revocation stayed")
	}
	if len(g.rows(t, u.ID, audit.EventLogout)) != 1 || g.byID(t, u.ID).Email != u.Email {
		t.Error("the account or its audit was swept")
	}

	// More than one step's worth.
	var many [3][]byte
	atOnce(3, func(i int) {
		for range 200 {
			one := bucketOf(secret.Random(32))
			if _, err := g.TakeAttempt(t.Context(), one, noon); err != nil {
				t.Error(err)
			}
			many[i] = one.Key
		}
	})
	run(noon.Add(2 * time.Hour))
	for _, key := range many {
		one := bucketOf(key)
		one.Limit = 1
		if !g.take(t, one, noon).OK {
			t.Error("with more than one step's worth, some stayed")
		}
	}
}

// Made-up addresses must not fill the disk: the buckets longest not used go.
func sweepBounds(t *testing.T, g ground) {
	var buckets [5]ratelimit.Bucket
	for i := range buckets {
		buckets[i] = bucketOf(secret.Random(32))
		buckets[i].Limit = 1
		g.take(t, buckets[i], noon.Add(time.Duration(i)*time.Second))
	}
	keep := store.Keep{Sessions: time.Hour, Attempts: time.Hour, Links: time.Hour, Revocations: time.Hour, AttemptRows: 3}
	if err := g.Sweep(t.Context(), noon.Add(time.Minute), keep); err != nil {
		t.Fatal(err)
	}
	for i, b := range buckets {
		if gone := g.take(t, b, noon.Add(time.Minute)).OK; gone != (i < 2) {
			t.Errorf("bucket %d is gone: %v", i, gone)
		}
	}
}

func status(t *testing.T, g ground) {
	u := g.create(t, func(n *login.NewUser) { n.Hash = "$2b$12$" + secret.RandomText(30) })
	g.create(t, func(n *login.NewUser) { n.Hash = "$2b$12$" + secret.RandomText(30) })
	g.create(t, func(n *login.NewUser) { n.Hash = "$2y$10$" + secret.RandomText(30) })
	g.create(t, func(n *login.NewUser) { n.Hash = "$argon2id$v=19$m=19456,t=2,p=1$" + secret.RandomText(30) })
	g.create(t, func(n *login.NewUser) { n.Hash = "" })
	kinds := must[[]string](t)(g.HashKinds(t.Context()))
	slices.Sort(kinds)
	if diff := gocmp.Diff([]string{"$2b$12$", "$2y$10$", "$argon2id$v=19$m=19456,t=2,p=1$"}, kinds); diff != "" {
		t.Errorf("kinds of hash (-want +got):\n%s", diff)
	}

	g.signIn(t, u, noon)
	s := g.signIn(t, u, noon)
	if _, err := g.EndSession(t.Context(), u.ID, s.ID, session.EndedLogout, row(audit.EventLogout, noon)); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration]int64{0: 1, idle - time.Millisecond: 1, idle: 0} {
		if n := must[int64](t)(g.CountSessions(t.Context(), noon.Add(at), idle)); n != want {
			t.Errorf("%d sessions are counted after %s, not %d", n, at, want)
		}
	}
	if v := must[string](t)(g.Version(t.Context())); v == "" {
		t.Error("the engine has no version")
	}
	if p := g.Pools()["main"]; p.Size < 1 || p.Open < 1 {
		t.Errorf("the pool is said to be %+v", p)
	}
	current, pending, err := g.Schema(t.Context())
	if err != nil || pending != 0 || current < 1 {
		t.Errorf("schema %d, pending %d, %v", current, pending, err)
	}
	if again := must[[]store.Migration](t)(g.Migrate(t.Context())); len(again) != 0 {
		t.Errorf("migrating again took the steps %+v", again)
	}
}

// fourMigrators are four nodes that start at once on an empty database.
func fourMigrators(t *testing.T, s *store.Store) {
	all := must[[]store.Migration](t)(s.Migrations(t.Context()))
	current, pending, err := s.Schema(t.Context())
	if err != nil || current != 0 || pending != len(all) || pending == 0 {
		t.Fatalf("an empty database has schema %d, pending %d of %d, %v", current, pending, len(all), err)
	}
	var (
		mu   sync.Mutex
		done []store.Migration
	)
	atOnce(4, func(int) {
		steps, err := s.Migrate(t.Context())
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		done = append(done, steps...)
	})
	for i := range all {
		if all[i].Applied {
			t.Errorf("before, %s is said to be applied", all[i].Name)
		}
		all[i].Applied = true
	}
	slices.SortFunc(done, func(a, b store.Migration) int { return cmp.Compare(a.Version, b.Version) })
	if diff := gocmp.Diff(all, done); diff != "" {
		t.Errorf("the steps of all four together (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(all, must[[]store.Migration](t)(s.Migrations(t.Context()))); diff != "" {
		t.Errorf("the ledger (-want +got):\n%s", diff)
	}
	if current, pending, err := s.Schema(t.Context()); err != nil || pending != 0 || current != all[len(all)-1].Version {
		t.Errorf("schema %d, pending %d, %v", current, pending, err)
	}
}
