package faults

import (
	"database/sql"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// A restart after a crash has at most some megabytes of log to replay.
const readyWithin = 10 * time.Second

// The least a grace can be, so that a round need not wait long for its end.
const shortGrace = time.Second

func TestNothingAcknowledgedIsLostAndNothingRevokedReturnsAfterKill9(t *testing.T) {
	t.Parallel()
	for _, at := range []func(*testing.T) place{
		func(*testing.T) place { return place{name: "SQLite"} },
		func(t *testing.T) place {
			url := ground.Postgres(t).NewDatabase(t)
			return place{"PostgreSQL", url, url}
		},
	} {
		at := at(t)
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, at, map[string]string{"REFRESH_GRACE": shortGrace.String()})
			db := at.open(t, s)
			did := map[string]int{}
			for round := range rounds(3, 50) {
				crash(t, s, db, round, did)
			}
			every(t, did)
		})
	}
}

func crash(t *testing.T, s *ground.Instance, db *sql.DB, round int, did map[string]int) {
	t.Helper()
	journals, wait := eight(t, s, round, false)
	s.Kill9()
	wait()
	began := time.Now()
	s.Start()
	if took := time.Since(began); took > readyWithin {
		t.Errorf("after kill -9 it was ready only after %s", took)
	}
	compare(t, s, db, journals, did)
}

// compare holds every journal against the server, once no race is a race any more.
func compare(t *testing.T, s *ground.Instance, db *sql.DB, journals []*journal, did map[string]int) {
	t.Helper()
	time.Sleep(shortGrace)
	for _, j := range journals {
		j.c = newCaller(s)
		j.check(t, db)
		for act, n := range j.did {
			did[act] += n
		}
	}
	halves(t, db)
}

// every says what was acknowledged, and refuses to know anything of what never was.
func every(t *testing.T, did map[string]int) {
	t.Helper()
	for _, act := range acts {
		if did[act] == 0 {
			t.Errorf("no %s was ever acknowledged, so nothing is known of it", act)
		}
	}
	t.Logf("acknowledged: %v", did)
}

// halves looks for sessions without the audit row of their login, and the reverse.
func halves(t *testing.T, db *sql.DB) {
	t.Helper()
	const row = `SELECT 1 FROM audit a WHERE a.session_id = s.id AND a.event = 'login' AND a.outcome = 'success'`
	if n := count(t, db, `SELECT COUNT(*) FROM sessions s WHERE NOT EXISTS (`+row+`)`); n > 0 {
		t.Errorf("%d sessions have no audit row of their login", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM audit a WHERE a.event = 'login' AND a.outcome = 'success'
		AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = a.session_id)`); n > 0 {
		t.Errorf("%d audit rows tell of logins that have no session", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM sessions s WHERE s.kind = 'token'
		AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.session_id = s.id)`); n > 0 {
		t.Errorf("%d sessions have no refresh token", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM (SELECT session_id FROM refresh_tokens WHERE used_ms = 0
		GROUP BY session_id HAVING COUNT(*) > 1) AS twins`); n > 0 {
		t.Errorf("%d sessions have two live refresh tokens", n)
	}
}

// check compares everything the client was told with what the server says now.
func (j *journal) check(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, wrong := range j.wrong {
		t.Errorf("%s: before the crash, %s", j.email, wrong)
	}
	for id, session := range j.logins {
		if count(t, db, `SELECT COUNT(*) FROM audit WHERE request_id = $1 AND session_id = $2 AND event = 'login'`, id, session) != 1 {
			t.Errorf("%s: an acknowledged login has no audit row", j.email)
		}
	}
	for _, email := range append(j.made, j.email) {
		if count(t, db, `SELECT COUNT(*) FROM users WHERE email = $1`, email) != 1 {
			t.Errorf("%s: the acknowledged account %s is gone", j.email, email)
		}
	}
	j.checkSessions(t)
	j.checkPasswords(t)
	j.checkReuse(t)
}

func (j *journal) checkSessions(t *testing.T) {
	t.Helper()
	var list []string
	for _, h := range j.sessions {
		switch {
		case h.doubted:
		case h.ended:
			want(t, "the token of an ended session", j.c.status(h.access), http.StatusUnauthorized, api.CodeSessionEnded)
			want(t, "the refresh token of an ended session", j.c.refresh(h.refresh), http.StatusUnauthorized, api.CodeSessionEnded)
		default:
			want(t, "the token of a live session", j.c.status(h.access), http.StatusOK, "")
			if list == nil {
				_, items := j.c.sessions(h.access)
				for _, one := range items {
					list = append(list, one.ID)
				}
			}
		}
	}
	if list == nil {
		return
	}
	strangers := 0
	for _, id := range list {
		i := slices.IndexFunc(j.sessions, func(h *held) bool { return h.id == id })
		if i < 0 {
			strangers++
		} else if h := j.sessions[i]; h.ended && !h.doubted {
			t.Errorf("%s: a session that was ended is in the list again", j.email)
		}
	}
	if strangers > 1 || strangers == 1 && !j.unknown {
		t.Errorf("%s: the list has %d sessions that nobody was given", j.email, strangers)
	}
	for _, h := range j.sessions {
		if !h.ended && !h.doubted && !slices.Contains(list, h.id) {
			t.Errorf("%s: a live session is missing in the list", j.email)
		}
	}
}

func (j *journal) checkPasswords(t *testing.T) {
	t.Helper()
	for _, old := range j.former[max(0, len(j.former)-1):] {
		want(t, "a password that was replaced", j.c.login(j.email, old), http.StatusUnauthorized, api.CodeInvalidCredentials)
	}
	a := j.c.login(j.email, j.password)
	if j.next == "" {
		want(t, "the current password", a, http.StatusOK, "")
		return
	}
	// The change that was never answered holds, with the end of the other sessions, or does not.
	b := j.c.login(j.email, j.next)
	if (a.status == http.StatusOK) == (b.status == http.StatusOK) {
		t.Errorf("%s: of the passwords before and after an unanswered change, one was answered %v and the other %v", j.email, a, b)
	}
	for _, h := range j.sessions {
		if h.change && (j.c.status(h.access).status == http.StatusOK) != (a.status == http.StatusOK) {
			t.Errorf("%s: an unanswered change of password was kept by half", j.email)
		}
	}
}

// checkReuse goes on from the last refresh, then brings the used ones back.
func (j *journal) checkReuse(t *testing.T) {
	t.Helper()
	for _, h := range j.sessions {
		if h.ended || h.doubted {
			continue
		}
		a := j.c.refresh(h.refresh)
		want(t, "the refresh token of a live session", a, http.StatusOK, "")
		if len(h.used) > 0 {
			want(t, "a used refresh token", j.c.refresh(h.used[0]), http.StatusUnauthorized, api.CodeSessionEnded)
			want(t, "the session of a reused token", j.c.status(a.tokens().AccessToken), http.StatusUnauthorized, api.CodeSessionEnded)
		}
	}
}
