package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// The database sorts out rows by conditions of its own. They must let no flawed
// row pass, and what is sound must never be called flawed.
func TestTheSearchForFlawedRowsFindsEachAndNothingElse(t *testing.T) {
	const hash = "$2b$04$abcdefghijklmnopqrstuuN9qo8uLOickgx2ZMRZoMyeIjZAgcfl7"
	sound := []string{
		"a@b.c", "Ada@Example.COM", "a.b+c_d-e@x-y.example.com", "o'neil@example.com", "a@localhost", "a@1.2.3.4",
		"!#$%&'*+/=?^_`{|}~-@example.com", "a@xn--bcher-kva.example",
	}
	bad := []string{
		" a1@example.com", "a2@example.com ", "a3", "a4@", "@a5", "a6@b@c", "a7..b@example.com", ".a8@example.com", "a9.@example.com",
		"a10@-example.com", "a11@example-.com", "a12@exa_mple.com", "a13@.com", "a14@example..com", "a15@example.com.", "a16@b\u00fccher.example",
		"a17@example.com\n", "a 18@example.com", "a19@example.-com", "a20,b@example.com", "a21@[192.0.2.1]", "\u00c9a22@example.com",
		"a23@xn--zzzzzzz-.example", "a24@example.com-", "a25\u200b@example.com", strings.Repeat("a", 65) + "@example.com",
	}
	for _, s := range []*store.Store{migrate(t, openSQLite(t)), migrate(t, openPostgres(t))} {
		rw, _ := s.Handles()
		for _, address := range slices.Concat(sound, bad) {
			if _, err := rw.ExecContext(t.Context(), `INSERT INTO users (email, hashed_password) VALUES ($1, $2)`, address, hash); err != nil {
				t.Fatalf("%q: %v", address, err)
			}
		}
		list, whole, err := s.Suspects(t.Context(), store.SuspectAddress, noon)
		if err != nil || !whole {
			t.Fatal(whole, err)
		}
		found := map[string]bool{}
		for _, r := range list {
			found[*r.Email] = true
		}
		for _, address := range sound {
			if _, err := account.Canonical(address); err != nil || found[address] {
				t.Errorf("%s: %q is called flawed (%v)", s.Engine(), address, err)
			}
		}
		for _, address := range bad {
			u, ok, err := reach(t, s, address)
			if ok || err != nil {
				t.Errorf("%s: %q can be reached as %v, %v", s.Engine(), address, u, err)
			}
			if !found[address] {
				t.Errorf("%s: %q is not found", s.Engine(), address)
			}
		}
	}
}

// reach looks an address up as a sign-in does.
func reach(t *testing.T, s *store.Store, address string) (account.User, bool, error) {
	t.Helper()
	canonical, err := account.Canonical(address)
	if err != nil {
		return account.User{}, false, nil
	}
	return s.UserByEmail(t.Context(), canonical)
}

func TestARowThatChangedMeanwhileIsNotMended(t *testing.T) {
	everyGround(t, func(t *testing.T, s *store.Store) {
		b := signedIn(t, s, "ada@example.com")
		rows, err := s.RawUsers(t.Context(), "", "Ada@example.com ", noon)
		if err != nil || len(rows) != 1 || len(rows[0].Flaws()) != 0 {
			t.Fatalf("%+v, %v", rows, err)
		}
		other := "another"
		m := login.Mend{Now: noon, ID: b.Session.User.ID, Columns: map[string]any{"name": "X"}, IfHash: &other, Row: newUser("").Row}
		if written, err := s.MendUser(t.Context(), m); err != nil || written {
			t.Errorf("written %v, %v", written, err)
		}
		m.IfHash = rows[0].Hash
		if written, err := s.MendUser(t.Context(), m); err != nil || !written {
			t.Errorf("written %v, %v", written, err)
		}
		if u, _, err := s.UserByID(t.Context(), m.ID); err != nil || u.Name != "X" {
			t.Errorf("the name is %q, %v", u.Name, err)
		}
	})
}
