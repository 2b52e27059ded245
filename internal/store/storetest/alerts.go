package storetest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/alert"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/store"
)

// alertChecks look at all alerts of a database, so each gets its own.
var alertChecks = []check{
	{"AlertIsReadBackAsItWasKept", alertsReadBack},
	{"AlertsAndTheirNoticesAreKeptUnderTheLeaseOrNotAtAll", alertsTogether},
	{"OfEightNodesOneSendsANotice", noticeOnce},
	{"NoticeOfADeadNodeIsSentAgain", noticeAgain},
	{"SilenceIsKeptWithItsAuditRow", silenceKept},
	{"ReadingsOfNodesAreFreshOrNotThere", readingsFresh},
	{"MailWaitsWhenNothingLaterLeft", mailWaits},
}

var sick = alert.Alert{
	Key: alert.Key{Rule: "disk_space", Label: "höst\x00"}, ID: "a1", State: alert.Firing, Severity: alert.Critical, Says: "9 % left",
	Cause: "disk_nearly_full", Evidence: "seen", Since: noon, FiredAt: noon.Add(time.Minute), WellSince: noon.Add(2 * time.Minute),
	ResolvedAt: noon.Add(-time.Hour), Told: "critical", ToldAt: noon.Add(time.Minute), Flaps: 2,
}

func (g ground) book(t *testing.T) alert.Book {
	t.Helper()
	return must[alert.Book](t)(g.AlertBook(t.Context(), noon))
}

func (g ground) keepAlerts(t *testing.T, h *store.Held, c alert.Change, out ...alert.Outgoing) {
	t.Helper()
	if err := g.KeepAlerts(t.Context(), *h, c, nil, out); err != nil {
		t.Fatal(err)
	}
}

func alertsReadBack(t *testing.T, g ground) {
	h := g.hold(t, "a", long)
	g.keepAlerts(t, h, alert.Change{Put: []alert.Alert{sick}})
	want := sick
	want.Label = "höst\uFFFD" // no column takes the other
	if d := cmp.Diff([]alert.Alert{want}, g.book(t).Alerts); d != "" {
		t.Error(d)
	}
	want.State, want.Flaps, want.Severity = alert.Resolved, 3, alert.Warning
	g.keepAlerts(t, h, alert.Change{Put: []alert.Alert{want}})
	if d := cmp.Diff([]alert.Alert{want}, g.book(t).Alerts); d != "" {
		t.Error(d)
	}
	g.keepAlerts(t, h, alert.Change{Drop: []alert.Key{want.Key}})
	if left := g.book(t).Alerts; len(left) != 0 {
		t.Errorf("dropped, and there is %+v", left)
	}
}

// alertsTogether has a node that lost the lease, and a notice that cannot be
// written: then there is no alert either, no letter and no notice.
func alertsTogether(t *testing.T, g ground) {
	letter := newLetter()
	change := alert.Change{Put: []alert.Alert{sick}, Notice: &alert.Notice{ID: "n1", At: noon}}
	out := []alert.Outgoing{{ID: "n1.webhook", Receiver: alert.ByWebhook, Body: []byte(`{}`)}, {ID: "n1.slack", Receiver: alert.BySlack, Body: []byte(`{}`)}}
	lost := g.hold(t, "a", -time.Second)
	now := g.hold(t, "b", long)
	err := g.KeepAlerts(t.Context(), *lost, change, []mail.Letter{letter}, out)
	if !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("under a lease that is lost: %v", err)
	}
	twice := append(out, out[0])
	if err := g.KeepAlerts(t.Context(), *now, change, []mail.Letter{letter}, twice); err == nil {
		t.Error("the same notice was written twice")
	}
	if left := must[[]store.NoticeState](t)(g.Notices(t.Context(), 10)); len(left) != 0 || len(g.book(t).Alerts) != 0 || g.posted(t, letter) {
		t.Fatalf("something of it was kept: %+v", left)
	}
	if err := g.KeepAlerts(t.Context(), *now, change, []mail.Letter{letter}, out); err != nil {
		t.Fatal(err)
	}
	if list := must[[]store.NoticeState](t)(g.Notices(t.Context(), 10)); len(list) != 2 || len(g.book(t).Alerts) != 1 || !g.posted(t, letter) {
		t.Errorf("not all of it was kept: %+v", list)
	}
}

// notices keeps some for a receiver, each a second after the one before.
func (g ground) notices(t *testing.T, receiver string, ids ...string) {
	t.Helper()
	h := g.hold(t, "a", long)
	for i, id := range ids {
		at := noon.Add(time.Duration(i) * time.Second)
		g.keepAlerts(t, h, alert.Change{Notice: &alert.Notice{ID: id, At: at}}, alert.Outgoing{ID: id, Receiver: receiver, Body: []byte(`{"id":"` + id + `"}`)})
	}
}

func noticeOnce(t *testing.T, g ground) {
	g.notices(t, alert.ByWebhook, "one")
	g.notices(t, alert.BySlack, "other")
	var had atomic.Int64
	atOnce(8, func(int) {
		n, ok, err := g.LeaseNotice(t.Context(), alert.ByWebhook, noon, noon.Add(time.Minute))
		if err != nil {
			t.Error(err)
		}
		if ok {
			had.Add(1)
			if n.ID != "one" || n.Tries != 1 || string(n.Body) != `{"id":"one"}` || !n.CreatedAt.Equal(noon) {
				t.Errorf("%+v", n)
			}
		}
	})
	if had.Load() != 1 {
		t.Errorf("%d nodes send it", had.Load())
	}
}

func (g ground) leaseNotice(t *testing.T, now time.Time) (alert.Stored, bool) {
	t.Helper()
	n, ok, err := g.LeaseNotice(t.Context(), alert.ByWebhook, now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return n, ok
}

func noticeAgain(t *testing.T, g ground) {
	g.notices(t, alert.ByWebhook, "one", "two")
	at := noon.Add(time.Hour)
	if n, ok := g.leaseNotice(t, at); !ok || n.ID != "one" {
		t.Fatalf("the oldest leaves first: %+v", n)
	}
	if n, ok := g.leaseNotice(t, at); !ok || n.ID != "two" {
		t.Fatalf("%+v", n)
	}
	if n, ok := g.leaseNotice(t, at.Add(59*time.Second)); ok {
		t.Fatalf("%s is sent by two", n.ID)
	}
	if err := g.NoticeSent(t.Context(), "two", at); err != nil {
		t.Fatal(err)
	}
	at = at.Add(2 * time.Minute)
	if n, ok := g.leaseNotice(t, at); !ok || n.ID != "one" || n.Tries != 2 {
		t.Fatalf("after its node died: %+v, %v", n, ok)
	}
	if err := g.NoticeFailed(t.Context(), "one", at.Add(5*time.Minute), false, "connect: no", at); err != nil {
		t.Fatal(err)
	}
	if n, ok := g.leaseNotice(t, at.Add(4*time.Minute)); ok {
		t.Fatalf("%s before its time", n.ID)
	}
	if _, ok := g.leaseNotice(t, at.Add(6*time.Minute)); !ok {
		t.Fatal("it is not tried again")
	}
	if err := g.NoticeFailed(t.Context(), "one", at, true, "answer: 404", at); err != nil {
		t.Fatal(err)
	}
	if _, ok := g.leaseNotice(t, at.Add(time.Hour)); ok {
		t.Fatal("it was given up, and is tried again")
	}
	if list := must[[]store.NoticeState](t)(g.Notices(t.Context(), 10)); len(list) != 2 || list[1].Cause != "answer: 404" || list[1].GaveUpAt.IsZero() || list[0].SentAt.IsZero() {
		t.Errorf("%+v", list)
	}
}

func silenceKept(t *testing.T, g ground) {
	one := alert.Silence{ID: "s1", Rule: "disk_space", Label: "h", Until: noon.Add(time.Hour), Reason: "why", By: "7", At: noon}
	bad := row(audit.EventAlertSilenced, noon)
	bad.Event = ""
	if err := g.KeepSilence(t.Context(), one, bad); err == nil || len(g.book(t).Silences) != 0 {
		t.Fatalf("a silence without its audit row: %v", err)
	}
	if err := g.KeepSilence(t.Context(), one, row(audit.EventAlertSilenced, noon)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]alert.Silence{one}, g.book(t).Silences); d != "" {
		t.Error(d)
	}
	later := must[alert.Book](t)(g.AlertBook(t.Context(), noon.Add(time.Hour)))
	if len(later.Silences) != 0 {
		t.Error("it outlasts its end")
	}
	var ended atomic.Int64
	atOnce(8, func(int) {
		ok, err := g.EndSilence(t.Context(), "s1", noon.Add(time.Minute), row(audit.EventAlertUnsilenced, noon))
		if err != nil {
			t.Error(err)
		}
		if ok {
			ended.Add(1)
		}
	})
	rows := must[[]audit.Row](t)(g.AuditRows(t.Context(), audit.Query{Event: audit.EventAlertUnsilenced, Limit: 10}))
	if ended.Load() != 1 || len(rows) != 1 || len(g.book(t).Silences) != 0 {
		t.Errorf("ended %d times, with %d rows", ended.Load(), len(rows))
	}
}

func readingsFresh(t *testing.T, g ground) {
	l := alert.Local{Node: "n1", Host: "h", Honest: 7, Times: []alert.Times{{Route: "POST /login", Count: 3, P95: time.Second}}, Disk: &alert.Disk{Dir: "/d", Size: 2, Free: 1}}
	for range 2 {
		if err := g.KeepReading(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	list := must[[]alert.Local](t)(g.Readings(t.Context(), time.Hour))
	if len(list) != 1 || list[0].At.IsZero() {
		t.Fatalf("%+v", list)
	}
	list[0].At = time.Time{}
	if d := cmp.Diff(l, list[0]); d != "" {
		t.Error(d)
	}
	if stale := must[[]alert.Local](t)(g.Readings(t.Context(), -time.Hour)); len(stale) != 0 {
		t.Errorf("%+v is not fresh", stale)
	}
	if err := g.DropReading(t.Context(), "n1"); err != nil || len(must[[]alert.Local](t)(g.Readings(t.Context(), time.Hour))) != 0 {
		t.Errorf("it is still there: %v", err)
	}
}

// mailWaits has letters that a later one overtook: one mailbox that takes none
// for a while is no fault of the mail.
func mailWaits(t *testing.T, g ground) {
	look := func() alert.Mail {
		return must[alert.Mail](t)(g.MailWaiting(t.Context(), noon.Add(time.Hour), noon))
	}
	if m := look(); m != (alert.Mail{}) {
		t.Fatalf("%+v", m)
	}
	ids := g.postMany(t, 3)
	if m := look(); m.Oldest != time.Hour {
		t.Errorf("%+v", m)
	}
	if err := g.LetterSent(t.Context(), ids[1], noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if m := look(); m.Oldest != time.Hour-2*time.Second {
		t.Errorf("the one before was overtaken: %+v", m)
	}
	if err := g.LetterFailed(t.Context(), ids[2], time.Time{}, true, "no", noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if m := look(); m.Oldest != 0 || m.Dead != 1 || m.Cause != "no" {
		t.Errorf("%+v", m)
	}
}
