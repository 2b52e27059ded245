package storetest

import (
	"bytes"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
)

var codeChecks = []check{
	{"NewCodesVoidTheOld", codesReplaced},
	{"CodesAreUsedUpOneByOne", codesUsed},
	{"SetsOfCodesAreNeverMixed", codesNotMixed},
}

func codesReplaced(t *testing.T, g ground) {
	a := g.guarded(t)
	c := newCodes(a.User)
	if err := g.PutCodes(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	left, salt, err := g.CodesLeft(t.Context(), a.ID)
	if err != nil || left != 10 || !bytes.Equal(salt, c.Salt) {
		t.Errorf("%d are left, with salt %x, %v", left, salt, err)
	}
	if !g.posted(t, c.Letters[0]) || !g.alive(t, c.Links[0], noon) || len(auditOf(t, g, c.Row)) != 1 {
		t.Error("its owner was not told")
	}
	old := g.proven(t, a, login.Proof{Code: a.codes[0]})
	if out, err := g.Begin(t.Context(), old); err != nil || out.Spent != login.SpentCode {
		t.Errorf("an old code answers %+v, %v", out, err)
	}
	g.nothingBegan(t, "an old code", old)
	bad := newCodes(a.User)
	bad.Row.At = time.Time{}
	if err := g.PutCodes(t.Context(), bad); err == nil || g.posted(t, bad.Letters[0]) {
		t.Errorf("codes were kept without their audit row: %v", err)
	}
	g.begin(t, g.proven(t, a, login.Proof{Code: c.Hashes[0]}))
	for _, id := range unknownIDs {
		if left, salt, err := g.CodesLeft(t.Context(), id); left != 0 || salt != nil || err != nil {
			t.Errorf("%q has %d codes, %v", id, left, err)
		}
	}
}

func codesUsed(t *testing.T, g ground) {
	a := g.guarded(t)
	for i, code := range a.codes {
		b := g.proven(t, a, login.Proof{Code: code})
		b.NewHash = ""
		g.begin(t, b)
		if left := g.codesLeft(t, a.ID); left != 9-i {
			t.Errorf("after %d, %d are left", i+1, left)
		}
	}
	if !g.byID(t, a.ID).SecondFactor {
		t.Error("with the codes the factors went")
	}
}

func codesNotMixed(t *testing.T, g ground) {
	a := g.guarded(t)
	var all [8]login.Codes
	for i := range all {
		all[i] = newCodes(a.User)
	}
	atOnce(len(all), func(i int) {
		if err := g.PutCodes(t.Context(), all[i]); err != nil {
			t.Error(err)
		}
	})
	left, salt, err := g.CodesLeft(t.Context(), a.ID)
	if err != nil || left != 10 {
		t.Errorf("of eight sets made at once %d codes are left, %v", left, err)
	}
	for _, c := range all {
		p := login.Proof{Code: c.Hashes[9]}
		b := g.proven(t, a, p)
		b.NewHash = ""
		out, err := g.Begin(t.Context(), b)
		if mine := bytes.Equal(c.Salt, salt); err != nil || (out.Spent == "") != mine {
			t.Errorf("a code of a set that counts %v answers %+v, %v", mine, out, err)
		}
	}
}
