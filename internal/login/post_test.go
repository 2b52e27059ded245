package login_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// post is a Letters of a few lines: it keeps what was to be written.
type post struct {
	mu  sync.Mutex
	all []mail.Message
}

func (p *post) Compose(m mail.Message) (mail.Letter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, m)
	return mail.Letter{ID: letterID(len(p.all) - 1), Kind: m.Kind, To: m.To, Sealed: []byte("sealed")}, nil
}

func letterID(n int) string { return fmt.Sprintf("letter-%05d", n) }

// withMail is a world whose letters are kept open.
func withMail(t *testing.T, edit ...func(*login.Options)) *world {
	t.Helper()
	p := new(post)
	w := build(t, slices.Insert(edit, 0, func(o *login.Options) { o.Letters = p })...)
	w.post = p
	return w
}

// proven is a world in which open registration proves addresses by mail.
func proven(o *login.Options) { o.VerifyAddresses = true }

// sent are the letters that lie in the outbox, the oldest first: what was
// composed for a change that did not come about is none of them.
func (w *world) sent() []mail.Message {
	w.t.Helper()
	late := time.Now().Add(100 * 24 * time.Hour)
	kept, err := w.db.LeaseLetters(w.t.Context(), late, late, 10_000)
	w.must(err)
	w.post.mu.Lock()
	defer w.post.mu.Unlock()
	var list []mail.Message
	for i, m := range w.post.all {
		if slices.ContainsFunc(kept, func(l mail.Stored) bool { return l.ID == letterID(i) }) {
			list = append(list, m)
		}
	}
	return list
}

// newest is the last letter of a kind to an address.
func (w *world) newest(kind mail.Kind, to string) mail.Message {
	w.t.Helper()
	list := w.sent()
	for _, m := range slices.Backward(list) {
		if m.Kind == kind && m.To == to {
			return m
		}
	}
	w.t.Fatalf("no letter %s to %s among %d", kind, to, len(list))
	return mail.Message{}
}

// wantKinds fails unless these letters, and no others, were sent by act.
func (w *world) wantKinds(act func(), kinds ...mail.Kind) []mail.Message {
	w.t.Helper()
	before := len(w.sent())
	act()
	list := w.sent()[before:]
	var got []mail.Kind
	for _, m := range list {
		got = append(got, m.Kind)
	}
	if !slices.Equal(got, kinds) {
		w.t.Fatalf("letters sent are %v, want %v", got, kinds)
	}
	return list
}

// tokenOf is the one-time token in a link.
func (w *world) tokenOf(link string) string {
	w.t.Helper()
	u, err := url.Parse(link)
	w.must(err)
	if !strings.HasPrefix(link, "https://auth.example.com/") || u.Query().Get("token") == "" {
		w.t.Fatalf("%q is no link of this server", link)
	}
	return u.Query().Get("token")
}
