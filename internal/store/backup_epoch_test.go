package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// TestRestoreIsAnEpoch: what may have ended, been used or been given away since the backup does not come back.
func TestRestoreIsAnEpoch(t *testing.T) {
	t.Parallel()
	everyGround(t, func(t *testing.T, s *store.Store) {
		b := signedIn(t, s, "ada@example.com")
		bob := signedIn(t, s, "bob@example.com").Session.User
		id := string(b.Session.User.ID)
		one := func(query, want string) {
			t.Helper()
			if got := fmt.Sprint(table(t, s, query)); got != "[["+want+"]]" {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		run(t, s, `UPDATE devices SET trusted_ms = 99; 
			INSERT INTO sessions (id, user_id, device_id, kind, method, ip, user_agent, created_ms, auth_ms, seen_ms, expires_ms)
				VALUES ('pat', `+id+`, '', 'personal', '', '', '', 1, 1, 1, 9999999999999);
			INSERT INTO sessions (id, user_id, device_id, kind, method, ip, user_agent, created_ms, auth_ms, seen_ms, expires_ms, ended_ms, end_reason)
				VALUES ('old', `+id+`, '', 'token', '', '', '', 1, 1, 1, 9999999999999, 5, 'logout');
			INSERT INTO factors (id, user_id, kind, name, pending, data, counter, created_ms) VALUES ('f', `+id+`, 'totp', '', 0, 'x', 3, 1);
			INSERT INTO links (hash, kind, created_ms, expires_ms) VALUES ('l', 'setup', 1, 9999999999999);
			INSERT INTO challenges (hash, kind, state, created_ms, expires_ms) VALUES ('c', 'x', '{}', 1, 9999999999999);
			INSERT INTO outbox (id, kind, recipient, sealed, created_ms, next_ms) VALUES ('o', 'k', 'a@b.c', 'x', 1, 2)`)
		rw, _ := s.Handles()
		for i, hash := range []string{"used later", "left"} {
			if _, err := rw.ExecContext(t.Context(), `INSERT INTO backup_codes (user_id, hash, salt, created_ms) VALUES ($1, $2, $3, $4)`,
				id, []byte(hash), []byte("s"), i+1); err != nil {
				t.Fatal(err)
			}
		}
		f := saved(t, s)
		since := func() {
			run(t, s, `UPDATE backup_codes SET used_ms = 7 WHERE created_ms = 1; UPDATE users SET status = 'disabled', is_active = false WHERE id = `+string(bob.ID)+`;
				INSERT INTO key_uses (purpose, fingerprint, first_ms, last_ms, state, state_ms) VALUES ('jwt', 'lost', 1, 2, 'compromised', 3)
				ON CONFLICT (purpose, fingerprint) DO NOTHING`)
		}
		since()
		if _, err := s.Load(t.Context(), f, restoring(false)); !contains(err, "not empty") {
			t.Fatalf("it went into a database that was not empty: %v", err)
		}
		one(`SELECT COUNT(*) FROM sessions WHERE end_reason = 'restored'`, "0")

		r := restoring(false)
		r.Replace = true
		done, err := s.Load(t.Context(), f, r)
		if err != nil || done.Ended != 3 || done.Carried.Codes != 1 || done.Carried.Shut != 1 {
			t.Fatalf("%+v, %v", done, err)
		}
		ms := fmt.Sprint(noon.UnixMilli())
		one(`SELECT COUNT(*) FROM sessions WHERE ended_ms = 0`, "0")
		one(`SELECT ended_ms, end_reason FROM sessions WHERE id = 'pat'`, ms+" restored")
		one(`SELECT ended_ms, end_reason FROM sessions WHERE id = 'old'`, "5 logout")
		one(`SELECT MAX(trusted_ms) FROM devices`, "0")
		one(`SELECT MIN(tokens_after_ms) FROM users`, ms)
		one(`SELECT COUNT(*) FROM challenges`, "0")
		one(`SELECT used_ms FROM links WHERE hash = 'l'`, ms)
		one(`SELECT gave_up_ms, cause FROM outbox`, ms+" restored")
		one(`SELECT counter FROM factors`, fmt.Sprint(noon.Unix()/30+1))
		one(`SELECT used_ms FROM backup_codes WHERE created_ms = 1`, "7")
		one(`SELECT used_ms FROM backup_codes WHERE created_ms = 2`, "0")
		one(`SELECT status FROM users WHERE email = 'bob@example.com'`, "disabled")
		one(`SELECT state, state_ms FROM key_uses WHERE fingerprint = 'lost'`, "compromised 3")
		one(`SELECT COUNT(*) FROM audit WHERE event = 'backup_restored'`, "1")
		if p, err := s.Place(t.Context(), time.Minute); err != nil || !p.Occupied || p.Used || p.Restored.ID != "bkp_test" {
			t.Errorf("%+v, %v", p, err)
		}
		if u, made, err := s.CreateUser(t.Context(), newUser("eve@example.com")); err != nil || !made || len(u.ID) < 6 {
			t.Errorf("the next account is %s, %v: its number may have been somebody's", u.ID, err)
		}

		since()
		r.KeepSessions, r.Undo = true, true
		if done, err = s.Load(t.Context(), f, r); err != nil || done.Ended != 0 || done.Carried.Codes+done.Carried.Shut != 0 {
			t.Fatalf("%+v, %v", done, err)
		}
		one(`SELECT COUNT(*) FROM sessions WHERE ended_ms = 0`, "3")
		one(`SELECT MAX(trusted_ms) FROM devices`, "99")
		one(`SELECT MAX(tokens_after_ms) FROM users`, "0")
		one(`SELECT used_ms FROM links WHERE hash = 'l'`, ms) // what is for one time never comes back
		one(`SELECT status FROM users WHERE email = 'bob@example.com'`, "active")
		one(`SELECT used_ms FROM backup_codes WHERE created_ms = 1`, "0")

		if _, err := s.Beat(t.Context(), store.Node{ID: "n", Marks: map[string]string{}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), f, r); !contains(err, "a server began to use the database") {
			t.Errorf("it was restored under a server: %v", err)
		}
	})
}
