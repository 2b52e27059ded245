package storetest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/moving"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

var importChecks = []check{
	{"ImportMakesNobodyTwice", importTwice},
	{"DryRunOfAnImportKeepsNothing", importDry},
	{"TwoImportsAtOnceMakeNobodyTwice", importsAtOnce},
	{"ImportAmongPeopleWhoAreHere", importTaken},
	{"KindsOfImportedHashesAreKnown", importKinds},
}

const importSalt = "$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// imports runs an export of the Python system through the store.
func (g ground) imports(t *testing.T, text string, edit ...func(*moving.Options)) *moving.Summary {
	t.Helper()
	r, err := moving.Read("fastapi-users", strings.NewReader("id,email,hashed_password,name\n"+text), noon)
	if err != nil {
		t.Fatal(err)
	}
	o := moving.Options{Source: "old", Now: clock}
	for _, e := range edit {
		e(&o)
	}
	sum, err := moving.Run(t.Context(), r, g.importing(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func (g ground) importing(t *testing.T) *store.Importing {
	t.Helper()
	seals, err := secret.NewSealer(secret.New(secret.Random(32)))
	if err != nil {
		t.Fatal(err)
	}
	return &store.Importing{S: g.Store, Seals: seals, Row: audit.Succeeded(audit.EventUserImported, audit.Client{IP: "local"})}
}

// some are rows of n people.
func some(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,p%d@old.example,%s,P %d\n", i, i, hash, i)
	}
	return b.String()
}

// tables tells the rows of what an import writes.
func (g ground) tables(t *testing.T) string {
	t.Helper()
	n := map[string]int64{}
	for _, c := range must[[]store.Count](t)(g.Census(t.Context(), noon)) {
		n[c.What] += c.N
	}
	return fmt.Sprintf("%d users, %d audit rows", n["users by role"], n["audit rows"])
}

func importTwice(t *testing.T, g ground) {
	if sum := g.imports(t, some(600)); sum.Imported != 600 {
		t.Fatalf("%+v", sum)
	}
	before := g.tables(t)
	if sum := g.imports(t, some(700)); sum.Imported != 100 || sum.Unchanged != 600 {
		t.Errorf("a second time: %+v", sum)
	}
	if got := g.tables(t); before != "600 users, 600 audit rows" || got != "700 users, 700 audit rows" {
		t.Errorf("%s, then %s", before, got)
	}
	// Another installation of the same system has ids of its own.
	sum := g.imports(t, "1,one@other.example,"+hash+",One\n", func(o *moving.Options) { o.Source = "other" })
	if sum.Imported != 1 {
		t.Errorf("from another: %+v", sum)
	}
}

func importDry(t *testing.T, g ground) {
	dry := func(o *moving.Options) { o.DryRun = true }
	text := some(300) + "x,P5@OLD.example," + hash + ",again\n"
	g.imports(t, "5,p5@old.example,"+hash+",Other\n")
	before := g.tables(t)
	would := g.imports(t, text, dry)
	again := g.imports(t, text, dry)
	if got := g.tables(t); got != before {
		t.Errorf("a dry run left %s where there was %s", got, before)
	}
	did := g.imports(t, text)
	would.DryRun, again.DryRun = false, false
	would.Seconds, again.Seconds, did.Seconds = 0, 0, 0
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".began" }, cmp.Ignore())
	if diff := cmp.Diff(would, did, ignore); diff != "" {
		t.Errorf("what was said differs from what was done (-said +done):\n%s", diff)
	}
	if diff := cmp.Diff(would, again, ignore); diff != "" {
		t.Errorf("a second dry run says something else:\n%s", diff)
	}
	if did.Imported != 299 || did.Differs != 1 || did.Refused != 1 {
		t.Errorf("%+v", did)
	}
}

func importsAtOnce(t *testing.T, g ground) {
	var all sync.WaitGroup
	var mu sync.Mutex
	failed := 0
	for range 3 {
		all.Go(func() {
			r, err := moving.Read("fastapi-users", strings.NewReader("id,email,hashed_password,name\n"+some(500)), noon)
			if err == nil {
				_, err = moving.Run(t.Context(), r, g.importing(t), moving.Options{Source: "old", Now: clock})
			}
			if err != nil { // of two who write the same row, PostgreSQL sends one away
				mu.Lock()
				failed++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if failed == 3 {
		t.Error("nobody came to the end")
	}
	sum := g.imports(t, some(500))
	if got := g.tables(t); got != "500 users, 500 audit rows" || sum.Refused > 0 || sum.Imported > 0 && failed == 0 {
		t.Errorf("%s; %+v", got, sum)
	}
}

func importTaken(t *testing.T, g ground) {
	u := g.create(t)
	var told []moving.Refused
	sum := g.imports(t, "1,"+strings.ToUpper(u.Email)+","+hash+",Eve\n2,jose\u0301@bu\u0308cher.example,"+hash+",A\n3,JOS\u00c9@xn--bcher-kva.example,"+hash+",B\n",
		func(o *moving.Options) {
			o.Update, o.Admins, o.Invite = true, true, true
			o.Refused = func(r moving.Refused) error { told = append(told, r); return nil }
		})
	if sum.Imported != 1 || sum.Refused != 2 || len(told) != 2 {
		t.Fatalf("%+v, %+v", sum, told)
	}
	for line, says := range map[int64]string{2: "exists here already", 4: "line 3 already"} {
		found := false
		for _, r := range told {
			found = found || r.Line == line && strings.Contains(r.Reason, says)
		}
		if !found {
			t.Errorf("line %d is not told as %q: %+v", line, says, told)
		}
	}
	if got := g.byID(t, u.ID); got.Name != u.Name || got.Hash != u.Hash {
		t.Errorf("somebody who was here became %+v", got)
	}
}

// importKinds: a refusal waits for the dearest kind in the table, so all must be found.
func importKinds(t *testing.T, g ground) {
	want := map[string]bool{}
	for _, kind := range []string{
		"$argon2id$v=19$m=102400,t=2,p=8", "$argon2id$v=19$m=19456,t=2,p=1", "$argon2id$v=19$m=64,t=1,p=1", "$argon2id$v=19$m=262144,t=10,p=16",
		"$argon2i$v=19$m=512,t=2,p=2", "$pbkdf2-sha256$i=600000", "$pbkdf2-sha512$i=210000", "$scrypt$ln=14,r=8,p=5",
	} {
		want[kind+"$"] = true
		g.create(t, hashed(kind+importSalt))
	}
	g.create(t, hashed("$bcrypt-hexsha256$r=12$abcdefghijklmnopqrstuu$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7"))
	g.create(t)
	want["$bcrypt-hexsha256$r=12$"], want[hash[:7]] = true, true
	got := map[string]bool{}
	for _, k := range must[[]string](t)(g.HashKinds(t.Context())) {
		got[k] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if flawed, whole, err := g.Suspects(t.Context(), store.SuspectHash, noon); err != nil || !whole || len(flawed) > 0 {
		t.Errorf("sound hashes are suspected: %+v, %v, %v", flawed, whole, err)
	}
}

func hashed(text string) func(*login.NewUser) { return func(n *login.NewUser) { n.Hash = text } }

func clock() time.Time { return noon }
