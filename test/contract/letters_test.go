package contract

import (
	"net/http"
	"os"
	"slices"
	"testing"
	"time"
)

// TestLettersAreLimited for everybody alike: a stranger can neither flood a mailbox nor learn by the limit that it is one.
func TestLettersAreLimited(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, nil)
	known, unknown := w.joined(t, p), w.address()
	all(slices.Repeat(asks, 10), func(ask string) {
		a := w.program().do(t, "POST", "/api/v1/auth/"+ask, object{"email": known})
		b := w.program().do(t, "POST", "/api/v1/auth/"+ask, object{"email": unknown})
		if face(a, known) != face(b, unknown) {
			t.Errorf("%s: %s\n%s", ask, face(a, known), face(b, unknown))
		}
	})
	w.joined(t, p)
	if n := len(p.to(known)); n < 2 || n > 10 {
		t.Errorf("30 calls of a stranger and a registration brought %d letters", n)
	}
	p.silent(t, unknown)
}

// TestOwnerUnlocksTheAccount by a letter, once, after a stranger's guesses.
func TestOwnerUnlocksTheAccount(t *testing.T) {
	t.Parallel()
	w, p := mailed(t, map[string]string{"LOGIN_LIMIT_ACCOUNT": "3/15m"})
	email := w.joined(t, p)
	for range 3 {
		w.program().login(t, email, wrong).want(t, http.StatusUnauthorized, "invalid_credentials")
	}
	w.program().login(t, email, password).want(t, http.StatusTooManyRequests, "too_many_attempts")
	w.program().do(t, "POST", "/api/v1/auth/request-unlock", object{"email": email}).want(t, http.StatusAccepted, "")
	token := p.wait(t, email, "/unlock", 1).token("/unlock")
	unlock := func() answer { return w.program().do(t, "POST", "/api/v1/auth/unlock", object{"token": token}) }
	unlock().want(t, http.StatusNoContent, "")
	unlock().want(t, http.StatusBadRequest, "link_invalid")
	w.program().login(t, email, password).want(t, http.StatusOK, "")
}

// TestAnswersTakeAsLong for a known address as for an unknown one; the row of ASVS V6.3.8 on time. A busy machine
// measures nothing, so the figure is judged where all its time is given, and the answers always.
func TestAnswersTakeAsLong(t *testing.T) {
	t.Parallel()
	full := os.Getenv("AIWFE_TEST_FULL") == "1"
	pairs := 5
	if full {
		pairs = 60
	}
	w, p := mailed(t, nil)
	people := []string{}
	for range pairs {
		people = append(people, w.joined(t, p))
	}
	for _, path := range []string{"forgot-password", "register"} {
		var known, unknown []time.Duration
		ask := func(email string) time.Duration {
			began := time.Now()
			body := object{"email": email}
			if path == "register" {
				body["password"] = another
			}
			w.program().do(t, "POST", "/api/v1/auth/"+path, body).want(t, http.StatusAccepted, "")
			return time.Since(began)
		}
		for i, email := range people {
			if i%2 == 0 {
				known, unknown = append(known, ask(email)), append(unknown, ask(w.address()))
			} else {
				unknown, known = append(unknown, ask(w.address())), append(known, ask(email))
			}
		}
		auc := areaUnderCurve(known, unknown)
		slices.Sort(known)
		slices.Sort(unknown)
		t.Logf("%s: AUC %.2f of %d pairs; medians %s and %s", path, auc, pairs, known[pairs/2], unknown[pairs/2])
		if full && (auc < 0.35 || auc > 0.65) {
			t.Errorf("%s: AUC %.2f: the time tells whether an address exists", path, auc)
		}
	}
}

// areaUnderCurve is the chance that one of a takes longer than one of b.
func areaUnderCurve(a, b []time.Duration) float64 {
	wins := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				wins++
			case x == y:
				wins += 0.5
			}
		}
	}
	return wins / float64(len(a)*len(b))
}
