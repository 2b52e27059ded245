package web

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// adminStates are the administrators' pages; x is the text of all fields.
func adminStates(in Base, x string) []state {
	person := func(id, state string) AccountView {
		return AccountView{
			UserView: &UserView{ID: id, Email: x, Name: x, Role: account.RoleAdmin, Verified: true, CreatedAt: noon},
			State:    state, StateName: x, RoleName: x, StateText: x, UpdatedAt: noon,
		}
	}
	own := person("1", account.StatusActive)
	own.Own = true
	bare := AccountView{UserView: &UserView{ID: "2", Email: x}, State: account.StatusPending}
	choices := []Choice{{x, "/admin/users", true}, {x, "/admin/users?role=user", false}}
	options := []Option{{x, x, true}, {"b", x, false}}
	rows := []AuditRow{
		{
			ID: 9, At: noon, Event: x, Outcome: audit.Refused, OutcomeTag: x, Who: x, By: x, From: x, Why: x, What: x, Count: 3, Copy: x,
			Fields: []AuditField{{Name: x, Value: x}, {Name: x, Value: x, Only: "/admin/audit", Open: "/a"}, {x, x, "/admin/audit", "", true}},
		},
		{ID: 8, At: noon, Event: x, Outcome: audit.Success, OutcomeTag: x, Count: 1},
	}
	sessions := []SessionRow{{ID: x, Device: x, IP: x, Created: noon, LastSeen: noon}, {ID: x, Current: true}}
	wrong := &FormError{Summary: x, Fields: map[string]string{"name": x, "email": x}}
	filter := AuditFilter{User: x, IP: x, RequestID: x, Since: x, Until: x, Range: "1h", Before: "7"}
	checks := []CheckView{{Title: x, State: x, Class: "chip-success"}, {Title: x, Said: x, State: x}}
	found := []FindingView{
		{
			Code: x, Title: x, Cause: x, Expected: x, Setting: x, Evidence: []string{x, x}, Remedy: []string{x}, Commands: []string{x, x},
			Blocks: []string{x}, Severity: x, Class: "danger",
		},
		{Code: x, Title: x, Cause: x, Evidence: []string{x}, Remedy: []string{x}, Severity: x, Class: "warning"},
	}
	chores := []ChoreView{{Name: x, Title: x, Said: x, Remedy: x, Evidence: []string{x}, Commands: []string{x}, State: x, Class: "chip-danger"}, {Title: x, State: x}}
	alerts := []AlertView{
		{Alert: api.Alert{Summary: x, Threshold: x, Since: noon, ResolvedAt: &noon, Silenced: true, Cause: &api.AlertCause{
			Code: api.Cause(x), Title: x, Evidence: x, Remedy: x, Commands: []string{x, x},
		}}, Name: x, Word: x, Class: "danger"},
		{Alert: api.Alert{Since: noon}, Name: x, Word: x, Class: "warning"},
	}
	rules := []RuleView{
		{Number: 1, Line: 2, Name: x, Hosts: []string{x, x}, Paths: []string{x}, Methods: []string{x}, Who: x, Class: "chip-calm", Asks: []string{x, x}, Decides: true},
		{Number: 2, Name: x, Who: x, Class: "chip-danger"},
	}
	reached := &ReachView{
		Say: x, Why: x, Take: x, Who: x, Role: x, Account: "/admin/users/1", Method: x, Place: x, Rule: &rules[0],
		Ways: []ReachWay{{Name: x, Label: x, In: true}, {Name: x, Why: x}}, Notes: []string{x},
	}
	applications := []api.PolicyApplication{{Host: x, Path: x, URL: x, Connects: true}, {Path: "/", URL: x}}
	list := []AccountView{own, bare, person("3", account.StatusLocked)}
	return []state{
		{"users", PageUsers, UsersPage{Base: in, Users: list, Count: x, Statuses: choices, Roles: choices, Next: "/admin/users?after=3"}},
		{"users, searched", PageUsers, UsersPage{Base: in, Search: x, Role: x, Status: x, After: x, Users: list[:1], Count: x}},
		{"users, no match", PageUsers, UsersPage{Base: in, Search: x, Count: x, Statuses: choices}},
		{"users, none", PageUsers, UsersPage{Base: in, Count: x}},
		{"invite", PageInvite, InvitePage{Base: in}},
		{"invite, at fault", PageInvite, InvitePage{Base: in, Email: x, Name: x, Role: "admin", Error: wrong}},
		{"link", PageUserLink, UserLinkPage{Base: in, Account: bare, Kind: "invite", URL: x}},
		{"link, reset", PageUserLink, UserLinkPage{Base: in, Account: own, Kind: "reset", URL: x}},
		{"user", PageUser, UserPage{Base: in, Account: own, Name: x, Role: "admin", Sessions: sessions, History: rows}},
		{"user, with factors", PageUser, UserPage{Base: in, Account: person("3", "locked"), Factors: []FactorRow{{x, true, noon}, {"", false, time.Time{}}}}},
		{"user, pending", PageUser, UserPage{Base: in, Account: bare}},
		{"user, disabled", PageUser, UserPage{Base: in, Account: person("3", "disabled")}},
		{"user, of an unknown status", PageUser, UserPage{Base: in, Account: person("3", "unknown")}},
		{"user, profile at fault", PageUser, UserPage{Base: in, Account: bare, Name: x, Role: x, ProfileError: &FormError{Summary: x, Fields: map[string]string{"name": x}}}},
		{"user, access at fault", PageUser, UserPage{Base: in, Account: own, AccessError: &FormError{Summary: x, Detail: x}}},
		{"user, sessions at fault", PageUser, UserPage{Base: in, Account: own, SessionsError: &FormError{Summary: x}}},
		{"own account", PageOwn, OwnPage{Base: in, Text: x, Action: "/admin/users/1/status", Back: "/admin/users/1", Fields: []Hidden{{"status", x}}}},
		{"delete", PageDelete, DeletePage{Base: in, Account: bare}},
		{"delete, at fault", PageDelete, DeletePage{Base: in, Account: own, Typed: x, Error: &FormError{Summary: x, Fields: map[string]string{"email": x}}}},
		{"audit", PageAudit, AuditPage{
			Base: in, Events: options, Outcomes: options, Ranges: choices, Rows: rows, Count: x, Older: "/admin/audit?before=8", Newest: 9,
			MayFollow: true, Stream: "/api/v1/admin/audit/stream", CSV: "/api/v1/admin/audit/export?format=csv", JSONL: "/api/v1/admin/audit/export?format=jsonl",
		}},
		{"audit, filtered", PageAudit, AuditPage{Base: in, Filter: filter, InUse: []string{x, x}, Rows: rows, Count: x, CSV: "/a", JSONL: "/b"}},
		{"audit, no match", PageAudit, AuditPage{Base: in, InUse: []string{x}, Count: x, Oldest: noon, MayFollow: true, Stream: "/s"}},
		{"audit, nothing older", PageAudit, AuditPage{Base: in, Filter: AuditFilter{Before: "1"}, Count: x}},
		{"audit, none", PageAudit, AuditPage{Base: in, Count: x}},
		{"doctor, all well", PageDoctor, DoctorPage{Base: in, At: noon, Looked: x, Checks: checks}},
		{"doctor, ill", PageDoctor, DoctorPage{Base: in, At: noon, Looked: x, Findings: found, Notes: []string{x, x}, Checks: checks}},
		{"doctor, at fault", PageDoctor, DoctorPage{Base: in, At: noon, Looked: x, Error: &FormError{Summary: x}}},
		{"maintenance", PageMaintenance, MaintenancePage{Base: in, Zone: x, Kinds: []MaintenanceView{
			{Kind: "daily", Name: x, Done: true, At: noon, Next: noon, Verdict: x, Class: "chip-danger", ToDo: chores, Rest: chores},
			{Kind: "weekly", Name: x},
		}}},
		{"policy, none", PagePolicy, PolicyPage{Base: in, Sample: x, Rules: rules[1:], Methods: options}},
		{"policy, asked", PagePolicy, PolicyPage{Base: in, File: x, Refused: true, Rules: rules, Applications: applications, Person: x, URL: x, Methods: options, Answer: reached}},
		{"policy, open", PagePolicy, PolicyPage{Base: in, File: x, Rules: rules, Methods: options, Answer: &ReachView{Allowed: true, Say: x, Rule: &rules[1]}}},
		{"policy, at fault", PagePolicy, PolicyPage{Base: in, File: x, Methods: options, Error: &FormError{Summary: x, Fields: map[string]string{"user": x, "url": x, "method": x}}}},
		{"alerts, all well", PageAlerts, AlertsPage{Base: in, Alerts: options, Spans: options}},
		{"alerts, firing", PageAlerts, AlertsPage{
			Base: in, Receivers: x, Firing: alerts, Pending: alerts, Resolved: alerts, Alerts: options, Spans: options, Reason: x,
			Silences: []api.AlertSilence{{ID: x, Rule: x, Label: x, Until: noon, Reason: x, By: x}, {Rule: "*"}},
			Rules:    []api.AlertRule{{Name: x, Watches: x, Threshold: x}}, Tested: []api.AlertTested{{Receiver: x, Sent: true, To: x}, {Receiver: x, Step: x, Detail: x}},
		}},
		{"alerts, at fault", PageAlerts, AlertsPage{Base: in, Error: &FormError{Summary: x, Fields: map[string]string{"reason": x}}}},
		{"audit, filters at fault", PageAudit, AuditPage{Base: in, Filter: filter, Error: &FormError{Summary: x, Detail: x}}},
	}
}

// TestEverySentenceOfTheAuditIsThere: an event without words would be shown by its bare name.
func TestEverySentenceOfTheAuditIsThere(t *testing.T) {
	w := words(t, "en")
	for _, e := range audit.Events {
		if !w.Has("admin.event." + string(e)) {
			t.Errorf("%s has no words", e)
		}
	}
}

func TestFilterOfTheAuditIsReadFromItsAddress(t *testing.T) {
	for asked, want := range map[string]AuditFilter{
		"":                                     {},
		"user=+ada%40example.com+&event=login": {User: "ada@example.com", Event: "login"},
		"user_id=7&outcome=refused&ip=::1":     {User: "7", Outcome: "refused", IP: "::1"},
		"event=nonsense&outcome=maybe":         {}, // the page shows that neither filters
		"range=24h&before=12":                  {Range: "24h", Before: "12"},
		"range=24h&since=2026-11-24T13:00":     {Since: "2026-11-24T13:00"}, // what was typed counts more than what was pressed
		"range=2y":                             {},
	} {
		v, err := url.ParseQuery(asked)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, readFilter(v)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", asked, diff)
		}
	}
}

func TestMomentIsReadAsAFieldOrALinkGivesIt(t *testing.T) {
	for _, text := range []string{"2026-11-24T12:00", "2026-11-24T12:00:00", "2026-11-24T12:00:00Z", "2026-11-24T13:00:00+01:00"} {
		if got, err := readMoment(text); err != nil || !got.Equal(noon) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"yesterday", "2026-11-24", "12:00", "2026-13-24T12:00"} {
		if _, err := readMoment(text); err == nil {
			t.Errorf("%q counts as a moment", text)
		}
	}
	if got, err := readMoment(""); err != nil || !got.IsZero() {
		t.Errorf("nothing is %v, %v", got, err)
	}
}

// TestExportAndStreamAskTheSameAsThePage: a span of time becomes the moment at which it begins.
func TestExportAndStreamAskTheSameAsThePage(t *testing.T) {
	page := AuditPage{Filter: AuditFilter{User: "ada@example.com", Event: "login", Range: "1h", Before: "7"}}
	page.fillLinks(audit.Query{Since: noon.Add(-time.Hour)})
	for got, want := range map[string]string{
		page.Stream: "/api/v1/admin/audit/stream?event=login&since=2026-11-24T11%3A00%3A00Z&user=ada%40example.com",
		page.CSV:    "/api/v1/admin/audit/export?event=login&format=csv&since=2026-11-24T11%3A00%3A00Z&user=ada%40example.com",
		page.JSONL:  "/api/v1/admin/audit/export?event=login&format=jsonl&since=2026-11-24T11%3A00%3A00Z&user=ada%40example.com",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
