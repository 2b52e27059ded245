package alert

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// shelf is a store that keeps in memory, or fails.
type shelf struct {
	book Book
	rows []audit.Row
	err  error
}

func (s *shelf) AlertBook(context.Context, time.Time) (Book, error) { return s.book, s.err }
func (s *shelf) Record(_ context.Context, rows ...audit.Row) error {
	s.rows = append(s.rows, rows...)
	return s.err
}

func (s *shelf) KeepSilence(_ context.Context, one Silence, row audit.Row) error {
	s.book.Silences, s.rows = append(s.book.Silences, one), append(s.rows, row)
	return s.err
}

func (s *shelf) EndSilence(_ context.Context, id string, _ time.Time, row audit.Row) (bool, error) {
	s.rows = append(s.rows, row)
	return id == "known", s.err
}

func service(t *testing.T, s *shelf, sent *int) *Service {
	t.Helper()
	out, err := NewService(ServiceOptions{
		Store: s, Rules: Rules(DefaultLimits), Receivers: []string{ByMail}, PublicURL: "https://a.example", Now: func() time.Time { return noon },
		Test: func(context.Context, string) []api.AlertTested { *sent++; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSilenceIsCheckedAndHasAnAuditRow(t *testing.T) {
	s, sent := &shelf{}, 0
	svc := service(t, s, &sent)
	who := Actor{ID: "7", Client: audit.Client{IP: "192.0.2.7"}}
	good := api.NewAlertSilence{Rule: "disk_space", Label: "one", Minutes: 60, Reason: " it is grown "}
	for pointer, change := range map[string]func(*api.NewAlertSilence){
		"/rule":    func(n *api.NewAlertSilence) { n.Rule = "nonsense" },
		"/minutes": func(n *api.NewAlertSilence) { n.Minutes = 43201 },
		"/reason":  func(n *api.NewAlertSilence) { n.Reason = " " },
		"/label":   func(n *api.NewAlertSilence) { n.Label = "a\nb" },
	} {
		bad := good
		change(&bad)
		_, err := svc.Silence(t.Context(), who, bad)
		if f, ok := errors.AsType[*fault.Error](err); !ok || len(f.Fields) != 1 || f.Fields[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	if len(s.rows) > 0 {
		t.Fatalf("refused, and %+v", s.rows)
	}
	made, err := svc.Silence(t.Context(), who, good)
	if err != nil || made.Reason != "it is grown" || !made.Until.Equal(noon.Add(time.Hour)) || made.By != "7" {
		t.Fatalf("%+v, %v", made, err)
	}
	row := s.rows[0]
	if row.Event != audit.EventAlertSilenced || row.Actor != "7" || row.Client.IP != "192.0.2.7" ||
		row.Detail != "rule=disk_space one until=2026-11-02T13:00:00Z reason=it is grown" {
		t.Errorf("%+v", row)
	}
	if err := svc.Unsilence(t.Context(), who, "known"); err != nil {
		t.Error(err)
	}
	if err := svc.Unsilence(t.Context(), who, "unknown"); !fault.Is(err, api.CodeNotFound) {
		t.Error(err)
	}
	if _, err := svc.Test(t.Context(), who, "pigeon"); err == nil || sent > 0 {
		t.Error("a pigeon was sent")
	}
	s.err = errors.New("the database is away")
	if _, err := svc.Test(t.Context(), who, ""); err == nil || sent > 0 {
		t.Error("a test was sent that is in no audit")
	}
}

func TestListShowsWhatFiresFirst(t *testing.T) {
	s, sent := &shelf{}, 0
	at := func(rule string, state State, severity Severity, resolved time.Time) {
		s.book.Alerts = append(s.book.Alerts, Alert{Key: Key{Rule: rule}, State: state, Severity: severity, Since: noon, ResolvedAt: resolved, Cause: "disk_nearly_full"})
	}
	at("a", Resolved, Critical, noon.Add(-2*time.Hour))
	at("b", Resolved, Critical, noon.Add(-time.Hour))
	at("c", Pending, Critical, time.Time{})
	at("d", Firing, Warning, noon.Add(-day))
	at("e", Firing, Critical, time.Time{})
	s.book.Silences = []Silence{{ID: "s", Rule: "d", Until: noon.Add(time.Hour)}, {ID: "old", Rule: "e", Until: noon}}
	list, err := service(t, s, &sent).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, a := range list.Items {
		order = append(order, a.Rule)
	}
	if strings.Join(order, "") != "edcba" {
		t.Errorf("%v", order)
	}
	if !list.Items[1].Silenced || list.Items[0].Silenced || list.Items[1].ResolvedAt != nil || len(list.Silences) != 1 || len(list.Rules) != len(Rules(DefaultLimits)) {
		t.Errorf("%+v", list)
	}
}

// Slack reads <!channel> as a mention of everybody, and <http://...> as a link.
func TestSlackIsToldAndNotCommanded(t *testing.T) {
	m := api.AlertNotice{Type: TypeAlerts, PublicURL: "https://a.example"}
	for range 30 {
		m.Alerts = append(m.Alerts, api.Alert{
			Rule: "doctor_finding", State: "firing", Severity: "critical", Summary: "<!channel> & <http://evil.example|click>",
			Cause: &api.AlertCause{Title: "<b>", Remedy: strings.Repeat("x", 5000)},
		})
	}
	body, err := SlackBody(&m)
	if err != nil {
		t.Fatal(err)
	}
	text := string(body)
	for _, bad := range []string{"<!channel>", "<http://evil", `\u003c!channel`, `\u003chttp://evil`} {
		if strings.Contains(text, bad) {
			t.Errorf("%s in it", bad)
		}
	}
	if n := strings.Count(text, `"section"`); n != mostBlocks+2 || !strings.Contains(text, "and 10 more") || len(text) > 150_000 {
		t.Errorf("%d blocks, %d bytes", n, len(text))
	}
}
