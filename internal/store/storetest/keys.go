package storetest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// keyChecks are of what is known of keys, and of what is sealed with them.
var keyChecks = []check{
	{"KeyIsUsedRetiredAndUsedAgain", keyUsed},
	{"CompromisedKeyNeverCountsAgain", keyCompromised},
	{"KeyInUseIsNotRetired", keyInUse},
	{"WhatBeganBeforeIsEndedInBatches", endsMade},
	{"SealedAnewInBatchesWhateverHappensBetween", resealed},
}

func (g ground) uses(t *testing.T) map[string]store.KeyUse {
	t.Helper()
	list, _, err := g.KeyUses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]store.KeyUse{}
	for _, u := range list {
		out[u.Purpose+" "+u.Fingerprint] = u
	}
	return out
}

func (g ground) use(t *testing.T, purpose, fingerprint string) {
	t.Helper()
	if err := g.UseKeys(t.Context(), map[string]string{purpose: fingerprint}); err != nil {
		t.Fatal(err)
	}
}

func (g ground) endKey(t *testing.T, k store.KeyEnd) bool {
	t.Helper()
	k.Row = row(audit.EventKeyRetired, noon)
	return must[bool](t)(g.EndKey(t.Context(), k))
}

func keyUsed(t *testing.T, g ground) {
	g.use(t, store.KeyJWT, "a")
	first := g.uses(t)["jwt a"]
	if first.First.IsZero() || first.Last.Before(first.First) || first.State != "" {
		t.Fatalf("after its first use: %+v", first)
	}
	end := store.KeyEnd{Purpose: store.KeyJWT, Fingerprint: "a", State: store.KeyRetired}
	if !g.endKey(t, end) || g.endKey(t, end) {
		t.Error("a key is not retired once")
	}
	if rows := g.rows(t, "", audit.EventKeyRetired); len(rows) != 1 || g.heard.count(session.RevokedKey, store.KeyJWT) != 1 {
		t.Errorf("it is told in %d rows and %d times to nodes", len(rows), g.heard.count(session.RevokedKey, store.KeyJWT))
	}
	if u := g.uses(t)["jwt a"]; u.State != store.KeyRetired || u.At.IsZero() {
		t.Errorf("retired: %+v", u)
	}
	g.use(t, store.KeyJWT, "a")
	if u := g.uses(t)["jwt a"]; u.State != "" || !u.First.Equal(first.First) {
		t.Errorf("in use again: %+v", u)
	}
}

func keyCompromised(t *testing.T, g ground) {
	g.use(t, store.KeyData, "b")
	if !g.endKey(t, store.KeyEnd{Purpose: store.KeyData, Fingerprint: "b", State: store.KeyCompromised}) {
		t.Fatal("it is not compromised")
	}
	g.use(t, store.KeyData, "b")
	if g.endKey(t, store.KeyEnd{Purpose: store.KeyData, Fingerprint: "b", State: store.KeyRetired}) || g.uses(t)["data b"].State != store.KeyCompromised {
		t.Errorf("it counts again: %+v", g.uses(t)["data b"])
	}
	if err := g.KeyEnded(t.Context(), store.KeyData, "b"); err != nil || g.uses(t)["data b"].Ended.IsZero() {
		t.Errorf("its end is not noted: %v", err)
	}
}

func keyInUse(t *testing.T, g ground) {
	g.use(t, store.KeyJWT, "c")
	last := g.uses(t)["jwt c"].Last
	end := store.KeyEnd{Purpose: store.KeyJWT, Fingerprint: "c", State: store.KeyRetired, LastBefore: last}
	if g.endKey(t, end) {
		t.Error("a key is retired that was used at the moment named")
	}
	end.LastBefore = last.Add(time.Second)
	if !g.endKey(t, end) {
		t.Error("a key that was used before that moment is not retired")
	}
}

func endsMade(t *testing.T, g ground) {
	u := g.create(t)
	old, young := g.signIn(t, u, noon), g.signIn(t, u, noon.Add(time.Hour))
	ended := 0
	for after := ""; ; {
		last, n, err := g.EndMade(t.Context(), noon.Add(time.Minute), after)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		ended, after = ended+n, last
	}
	if r := g.reason(t, old.ID, noon.Add(time.Hour)); r != "ended_key_compromised" || ended != 1 {
		t.Errorf("%d ended, the old session is %q", ended, r)
	}
	if r := g.reason(t, young.ID, noon.Add(time.Hour)); r != "" || g.heard.count(session.RevokedAll, "") != 1 {
		t.Errorf("the session that began later is %q", r)
	}
}

// resealed goes through letters with batches of two: one row is changed meanwhile, one opens with no key at hand.
func resealed(t *testing.T, g ground) {
	old := secret.FromString("the data encryption key of last year, long")
	present := secret.FromString("the data encryption key of this year, long")
	before := must[*secret.Sealer](t)(secret.NewSealer(old))
	now := must[*secret.Sealer](t)(secret.NewSealer(present, old))
	alone := must[*secret.Sealer](t)(secret.NewSealer(present))
	foreign := must[*secret.Sealer](t)(secret.NewSealer(secret.FromString("the key of somebody else altogether, long")))
	var letters []mail.Letter
	for i, id := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		s := []*secret.Sealer{before, before, now, before, foreign, before, before}[i]
		letters = append(letters, mail.Letter{ID: id, Kind: "test", To: "x@example.com", Sealed: s.Seal([]byte("letter "+id), "letter", id)})
	}
	if err := g.Post(t.Context(), letters, []login.Link{}); err != nil {
		t.Fatal(err)
	}
	place := store.SealedPlaces[slices.IndexFunc(store.SealedPlaces, func(p store.Sealed) bool { return p.Table == "outbox" })]
	var done, shut int
	for after := ""; ; {
		out, err := g.Reseal(t.Context(), place, now.Header(), after, 2, func(sealed []byte, bound ...string) ([]byte, bool) {
			if bound[1] == "b" && g.Engine() != store.SQLite { // it leaves while it is being sealed anew; SQLite has one writer
				if err := g.LetterSent(t.Context(), "b", noon); err != nil {
					t.Error(err)
				}
			}
			return now.Again(sealed, bound...)
		})
		if err != nil {
			t.Fatal(err)
		}
		done, shut = done+out.Done, shut+out.Shut
		if out.Last == "" {
			break
		}
		after = out.Last
	}
	if done < 4 || done > 5 || shut != 1 {
		t.Errorf("%d are sealed anew, and %d do not open", done, shut)
	}
	rows, err := g.SealedRows(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		v, err := alone.Open(r.Sealed, r.Bound...)
		if id := r.Bound[1]; id != "e" && (err != nil || !bytes.Equal(v.Reveal(), []byte("letter "+id))) {
			t.Errorf("%s: %v", id, err)
		}
	}
	counts, err := g.SealedCounts(t.Context())
	if err != nil || counts[string(before.Header())]["outbox"] != 0 || counts[string(foreign.Header())]["outbox"] != 1 {
		t.Errorf("counted: %v, %v", counts, err)
	}
}
