package login_test

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
)

// posted is a world with the letters that go out, as they arrive.
func posted(t *testing.T, edit ...func(*login.Options)) (*world, func() []mail.Received) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	composer, err := mail.New(mail.Options{
		Look: brand.Default(), PublicURL: "https://auth.example.com", Text: catalog.Text, Sealer: sealer(t), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	edit = append(edit, func(o *login.Options) { o.Letters = composer })
	w := build(t, edit...)
	w.now.Store(time.Now().UnixMilli()) // the outbox drops a letter whose link has ended
	box, err := mail.NewMailbox(log, time.Now)
	w.must(err)
	outbox, err := mail.NewOutbox(mail.OutboxOptions{
		Store: w.db, Sender: box, Sealer: sealer(t), Log: log, Now: w.clock, Every: time.Hour,
	})
	w.must(err)
	ctx, stop := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() { outbox.Run(ctx); close(gone) }()
	t.Cleanup(func() { stop(); <-gone })
	return w, func() []mail.Received {
		sent := int64(-1)
		for deadline := time.Now().Add(10 * time.Second); sent != int64(len(box.All())) || sent == 0; {
			if time.Now().After(deadline) {
				t.Fatal("the letters do not leave")
			}
			sent = int64(len(box.All()))
			outbox.Wake()
			time.Sleep(100 * time.Millisecond)
		}
		return box.All()
	}
}

var anyLink = regexp.MustCompile(`https?://[^\s"'<>)]+`)

// Whatever a request says of its host (Host, X-Forwarded-Host), no letter leads
// anywhere but to PUBLIC_URL: login is not even told. Each kind of letter is
// composed by the real composer, which refuses any other link as well.
func TestLettersLeadToThePublicURLAlone(t *testing.T) {
	t.Parallel()
	w, arrived := posted(t, proven)
	ctx := t.Context()
	evil := curl()
	evil.UserAgent = "Mozilla/5.0 https://evil.example/ (X11; Linux x86_64) Firefox/140.0"
	u, p := w.ada()
	totp := w.totp(p)
	codes := w.codes(p)
	w.whole(u.Email, codes[0], evil)
	w.must(w.Forgot(w.soon(), u.Email, evil))
	w.must(w.AskUnlock(w.soon(), u.Email, evil))
	w.must(w.AskEmail(w.soon(), p, "new@example.com", evil))
	_, err := w.Register(w.soon(), login.Joining{Email: "reg@example.com", Name: "https://evil.example", Password: right, Client: evil})
	w.must(err)
	_, err = w.Register(w.soon(), login.Joining{Email: u.Email, Name: "https://evil.example", Password: right, Client: evil})
	w.must(err)
	_, err = w.Rename(ctx, p, "Ada https://evil.example/now", evil)
	w.must(err)
	w.must(w.ChangePassword(ctx, w.again(p), right, other, evil))
	_, _, err = w.Invite(ctx, login.Host(), login.Invitee{Email: "inv@example.com", Name: "https://evil.example", Role: account.RoleUser})
	w.must(err)
	_, err = w.Reauth(ctx, w.again(p), other, login.Answer{Code: totp.code(), Client: evil})
	w.must(err)
	w.must(w.RemoveTOTP(ctx, w.again(p), evil))
	w.must(w.DeleteOwn(ctx, w.again(p), evil))

	kinds := map[mail.Kind]bool{}
	for _, l := range arrived() {
		kinds[l.Kind] = true
		for _, link := range anyLink.FindAllString(l.Text+" "+l.HTML, -1) {
			at, err := url.Parse(strings.TrimRight(link, ".,"))
			if err != nil || at.Scheme+"://"+at.Host != "https://auth.example.com" {
				t.Errorf("a letter %s leads to %s", l.Kind, link)
			}
		}
	}
	for _, kind := range []mail.Kind{
		mail.KindFactorAdded, mail.KindCodesMade, mail.KindCodeUsed, mail.KindReset, mail.KindUnlock, mail.KindEmailNotice,
		mail.KindEmailConfirm, mail.KindVerify, mail.KindKnown, mail.KindPasswordChanged, mail.KindInvitation,
		mail.KindFactorRemoved, mail.KindAccountDeleted, mail.KindNewDevice,
	} {
		if !kinds[kind] {
			t.Errorf("no letter %s arrived", kind)
		}
	}
}

// The link in a letter is the page of its kind, with a token that works there.
func TestLinksInLettersWork(t *testing.T) {
	t.Parallel()
	w, arrived := posted(t)
	u, p := w.ada()
	w.totp(p)
	w.must(w.Forgot(w.soon(), u.Email, curl()))
	for _, l := range arrived() {
		pages := map[mail.Kind]string{mail.KindFactorAdded: "/not-me?token=", mail.KindReset: "/reset-password?token="}
		want := "https://auth.example.com" + pages[l.Kind]
		if len(l.Links) == 0 || !strings.HasPrefix(l.Links[0], want) {
			t.Fatalf("the letter %s has the links %v", l.Kind, l.Links)
		}
		token := strings.TrimPrefix(l.Links[0], want)
		kind := map[mail.Kind]string{mail.KindFactorAdded: login.LinkAlarm, mail.KindReset: login.LinkReset}[l.Kind]
		if who, ok, err := w.LinkWorks(t.Context(), kind, token); !ok || err != nil || who.ID != u.ID {
			t.Errorf("the link of %s does not work: %v", l.Kind, err)
		}
	}
}
