package storetest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/test/vectors"
)

var naughtyChecks = []check{
	{"NoTextIsAnError", noTextIsAnError},
	{"TextIsReadBackAsWritten", textReadBack},
}

// What a text column of PostgreSQL refuses, and what SQLite would keep as it is.
var unclean = []string{"a\x00b", "\x00", "\xff\xfe", "a\xc3", "\xed\xa0\x80"}

// Names, user agents and search texts come from strangers. Whatever they hold,
// a refusal may follow but never a failure of the store.
func noTextIsAnError(t *testing.T, g ground) {
	ctx := t.Context()
	u := g.create(t)
	for i, text := range append(unclean, vectors.NaughtyStrings()...) {
		if i%2 == 1 && i > len(unclean) {
			continue // half of them: the list has each idea more than once
		}
		r := row(audit.EventLogin, noon)
		r.Address, r.Detail, r.Reason = text, text, text
		r.Client = audit.Client{IP: text, UserAgent: text, RequestID: text}
		if _, err := g.ChangeUser(ctx, login.Change{ID: u.ID, Now: noon, Name: &text, Rows: []audit.Row{r}}); err != nil {
			t.Fatalf("as a name, %q: %v", text, err)
		}
		if _, err := g.ListUsers(ctx, login.UserQuery{Search: text, Role: text, Status: text, Limit: 1}); err != nil {
			t.Fatalf("as a search, %q: %v", text, err)
		}
		if _, _, err := g.UserByEmail(ctx, text); err != nil {
			t.Fatalf("as an address, %q: %v", text, err)
		}
	}
	for _, text := range append(unclean, "\u202e\u200b", strings.Repeat("x", 10_000)) {
		n := newUser()
		n.Name, n.Email = text, text+n.Email
		if _, made, err := g.CreateUser(ctx, n); err != nil || !made {
			t.Errorf("a new account called %q: made %v, %v", text, made, err)
		}
		s := newSession(u, noon)
		s.UserAgent, s.IP, s.DeviceName, s.DeviceKind = text, text, text, text
		g.begin(t, beginOf(s))
		refused := row(audit.EventRequestRefused, noon)
		refused.Reason, refused.Client.IP = text, text
		if err := g.Tally(ctx, []audit.Row{refused}); err != nil {
			t.Errorf("as a counted refusal, %q: %v", text, err)
		}
		if _, _, err := g.FindLink(ctx, secret.Random(32), text, noon); err != nil {
			t.Errorf("as a kind of link, %q: %v", text, err)
		}
		if _, err := g.AuditRows(ctx, audit.Query{IP: text, Address: text, RequestID: text, Limit: 1}); err != nil {
			t.Errorf("as a filter of the audit, %q: %v", text, err)
		}
	}
}

func textReadBack(t *testing.T, g ground) {
	u := g.create(t)
	for i, text := range vectors.NaughtyStrings() {
		if i%10 != 0 || strings.ContainsRune(text, 0) || !utf8.ValidString(text) {
			continue // a sample; what cannot be kept is tested elsewhere
		}
		got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Name: &text})
		if err != nil || got.User.Name != text {
			t.Errorf("%q is read back as %q, %v", text, got.User.Name, err)
		}
	}
	for _, text := range unclean {
		got, err := g.ChangeUser(t.Context(), login.Change{ID: u.ID, Now: noon, Name: &text})
		if err != nil || !utf8.ValidString(got.User.Name) || strings.ContainsRune(got.User.Name, 0) {
			t.Errorf("%q is kept as %q, %v", text, got.User.Name, err)
		}
	}
}
