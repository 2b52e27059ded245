package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestMailboxKeepsTheLastHundredNewestFirst(t *testing.T) {
	log, page := newLog()
	m, err := NewMailbox(log, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	e := letter(t, KindReset)
	for i := range mailboxRoom + 5 {
		e.ID = fmt.Sprint(i)
		if err := m.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	all := m.All()
	if len(all) != mailboxRoom || all[0].ID != "104" || all[99].ID != "5" {
		t.Fatalf("%d letters, %s to %s", len(all), all[0].ID, all[len(all)-1].ID)
	}
	r := all[0]
	if r.Kind != KindReset || r.To != "ada@example.org" || r.Subject != e.Subject || r.Text != e.Text || r.HTML != e.HTML || !r.At.Equal(noon) {
		t.Errorf("kept: %+v", r)
	}
	if len(r.Links) != 1 || r.Links[0] != link {
		t.Errorf("links %v", r.Links)
	}
	if said := page.String(); strings.Count(said, "\n") != mailboxRoom+5 || !strings.Contains(said, link) || !strings.Contains(said, "ada@example.org") {
		t.Errorf("log: %s", said)
	}
	if _, err := NewMailbox(nil, nil); err == nil {
		t.Error("a mailbox without a log")
	}
}

func TestMaskHidesAllButTheFirstLetter(t *testing.T) {
	for address, want := range map[string]string{
		"ada@example.com": "a***@example.com", "a@x": "a***@x", "ünï@x": "ü***@x", "": "***", "ada": "***", "@x": "***",
		"\r@x": "***", "a@x\r\n": "***", "\xff@x": "***",
	} {
		if got := Mask(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
