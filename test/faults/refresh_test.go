package faults

import (
	"net/http"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// Long enough that thirty refreshes on a busy machine are one race, short enough to wait for its end.
const grace = 3 * time.Second

func TestRacingRefreshesGiveOneChildAndAReuseEndsTheFamily(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, map[string]string{"REFRESH_GRACE": grace.String()})
		family(t, at, s, []*ground.Instance{s})
	})
}

func TestRefreshesRacingOnTwoNodesGiveOneChild(t *testing.T) {
	t.Parallel()
	at := pooled(t)
	a, b := twoNodes(t, at, map[string]string{"REFRESH_GRACE": grace.String()})
	family(t, at, a, []*ground.Instance{a, b})
}

// family races one refresh token from a device, then brings it back too late.
func family(t *testing.T, at place, s *ground.Instance, nodes []*ground.Instance) {
	t.Helper()
	owner := newCaller(s)
	person(t, owner, ada)
	parent := signIn(t, owner, ada)
	other := signIn(t, owner, ada) // another family of the same person, which has nothing to do with it

	racers := warmed(30, nodes)
	answers := atOnce(len(racers), func(i int) answer { return racers[i].refresh(parent.RefreshToken) })
	child := answers[0].tokens().RefreshToken
	for _, a := range answers {
		want(t, "a racing refresh", a, http.StatusOK, "")
		if got := a.tokens(); got.RefreshToken != child || got.SessionID != parent.SessionID {
			t.Errorf("a racing refresh gave another child")
		}
		want(t, "a question with its access token", racers[0].status(a.tokens().AccessToken), http.StatusOK, "")
	}
	if child == "" || child == parent.RefreshToken {
		t.Fatalf("the child of %q is %q", parent.RefreshToken, child)
	}
	db := at.open(t, s)
	const rows = `SELECT COUNT(*) FROM refresh_tokens WHERE session_id = $1`
	if all, live := count(t, db, rows, parent.SessionID), count(t, db, rows+` AND used_ms = 0`, parent.SessionID); all != 2 || live != 1 {
		t.Errorf("the session has %d refresh tokens, %d of them live; it should have parent and child, the child alive", all, live)
	}

	time.Sleep(grace + 100*time.Millisecond)
	want(t, "the used token, after the grace", owner.refresh(parent.RefreshToken), http.StatusUnauthorized, api.CodeSessionEnded)
	want(t, "the child of a reused token", owner.refresh(child), http.StatusUnauthorized, api.CodeSessionEnded)
	for _, access := range append([]string{parent.AccessToken}, accessOf(answers)...) {
		want(t, "an access token of the ended family", owner.status(access), http.StatusUnauthorized, api.CodeSessionEnded)
	}
	want(t, "another session of the same person", owner.status(other.AccessToken), http.StatusOK, "")
	if told := audit(t, s, "--event", "refresh_reuse"); len(told) != 1 || told[0].SessionID != parent.SessionID {
		t.Errorf("the audit tells of the reuse in %d rows", len(told))
	}
}

// A thief with the very same token at another address is no race, however quick.
func TestRefreshTokenUsedFromTwoPlacesEndsTheFamily(t *testing.T) {
	t.Parallel()
	s := serve(t, place{}, nil)
	owner, thief := newCaller(s), callFrom(s, "127.0.7.7")
	person(t, owner, ada)
	parent := signIn(t, owner, ada)
	answers := atOnce(30, func(i int) answer {
		if i%2 == 0 {
			return thief.refresh(parent.RefreshToken)
		}
		return owner.refresh(parent.RefreshToken)
	})
	for _, a := range answers {
		if a.status != http.StatusOK && a.code() != string(api.CodeSessionEnded) {
			t.Errorf("one of the two was answered %v", a)
		}
		if a.status == http.StatusOK {
			want(t, "the child", owner.refresh(a.tokens().RefreshToken), http.StatusUnauthorized, api.CodeSessionEnded)
			want(t, "the access token", owner.status(a.tokens().AccessToken), http.StatusUnauthorized, api.CodeSessionEnded)
		}
	}
	want(t, "the first access token", owner.status(parent.AccessToken), http.StatusUnauthorized, api.CodeSessionEnded)
}

func accessOf(answers []answer) (tokens []string) {
	for _, a := range answers {
		tokens = append(tokens, a.tokens().AccessToken)
	}
	return tokens
}

// warmed are callers with an open connection, spread over the nodes, so that a race is one.
func warmed(n int, nodes []*ground.Instance) []*caller {
	callers := make([]*caller, n)
	for i := range callers {
		callers[i] = newCaller(nodes[i%len(nodes)])
	}
	atOnce(n, func(i int) answer { return callers[i].greet() })
	return callers
}
