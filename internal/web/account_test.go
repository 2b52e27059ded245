package web

import (
	"html/template"
	"slices"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/audit"
)

// accountStates are the account's pages, full and empty.
func accountStates(in, member Base, at func(...string) *FormError, x string) []state {
	full := func(tab string) AccountFrame { return AccountFrame{in, tab} }
	bare := func(tab string) AccountFrame { return AccountFrame{member, tab} }
	key := func(id string, synced bool) AccountFactor {
		return AccountFactor{ID: id, Name: x, Model: x, Synced: synced, Created: noon, Used: noon}
	}
	guarded := Protection{
		App: &AccountFactor{ID: "a", Name: x, Created: noon}, Passkeys: []AccountFactor{key("b", true), key("c", false)},
		CodesLeft: 8, PasswordSet: true, PasswordChanged: noon,
		Devices: []AccountDevice{
			{ID: x, Device: x, Kind: DevicePhone, IP: x, LastSeen: noon, Until: noon, Current: true}, {ID: x, Kind: x, Until: noon},
		},
	}
	few, none, demanded := guarded, guarded, guarded
	few.CodesLeft, none.CodesLeft, demanded.Demanded = 1, 0, true
	none.PasswordSet = false
	signal := &PasskeySignal{x, x, x, x, x}
	setup := &AppSetup{
		Groups: []string{x, "BCDE"}, URI: template.URL("otpauth://totp/aiwfe:ada%40example.com?secret=ABCD"),
		SVG: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img" aria-label="QR"><path d="M0 0h9v9z"/></svg>`,
	}
	rows := []SessionRow{
		{ID: x, Device: x, Kind: DeviceDesktop, IP: x, Method: x, Created: noon, LastSeen: noon, Current: true},
		{ID: x, Device: x, Kind: DevicePhone, IP: x, Created: noon, LastSeen: noon},
		{ID: x, Kind: DeviceTerminal},
		{ID: x, Device: x, Kind: x, IP: x},
	}
	tokens := []TokenRow{{ID: x, Name: x, Scopes: []string{x, x}, Created: noon, Expires: noon, Used: noon}, {ID: x, Name: x}}
	scopes := []ScopeChoice{{"read", x, true}, {"admin", x, false}}
	lives := []LifeChoice{{7, false}, {90, true}}
	done := []ActivityRow{
		{What: x, Kind: KindInfo, At: noon, Device: x, IP: x, How: x, By: x, Times: 1}, {What: x, Kind: KindWarning, Refused: true, Times: 3},
	}
	return []state{
		{"account", PageAccount, AccountPage{AccountFrame: full(tabOverview), Name: x, Lang: "de", Protection: guarded, OtherSessions: 2}},
		{"account, bare", PageAccount, AccountPage{AccountFrame: bare(tabOverview)}},
		{"account, few codes", PageAccount, AccountPage{AccountFrame: full(tabOverview), Protection: few}},
		{"account, no codes", PageAccount, AccountPage{AccountFrame: full(tabOverview), Protection: none}},
		{"account, at fault", PageAccount, AccountPage{AccountFrame: full(tabOverview), Name: x, Error: at("name")}},
		{"security", PageSecurity, SecurityPage{full(tabSecurity), guarded, signal}},
		{"security, demanded", PageSecurity, SecurityPage{full(tabSecurity), demanded, nil}},
		{"security, few codes", PageSecurity, SecurityPage{full(tabSecurity), few, nil}},
		{"security, bare", PageSecurity, SecurityPage{AccountFrame: bare(tabSecurity)}},
		{"password", PagePassword, PasswordPage{AccountFrame: full(tabSecurity)}},
		{"password, at fault", PagePassword, PasswordPage{AccountFrame: full(tabSecurity), Error: at("current_password", "new_password")}},
		{"email", PageEmail, EmailPage{AccountFrame: full(tabOverview), Mail: true}},
		{"email, at fault", PageEmail, EmailPage{AccountFrame: full(tabOverview), Mail: true, Email: x, Error: at("email")}},
		{"email, no mail", PageEmail, EmailPage{AccountFrame: bare(tabOverview)}},
		{"app", PageApp, AppPage{AccountFrame: full(tabSecurity), App: &guarded.Passkeys[0]}},
		{"app, none", PageApp, AppPage{AccountFrame: bare(tabSecurity)}},
		{"app, set up", PageApp, AppPage{AccountFrame: full(tabSecurity), Setup: setup}},
		{"app, at fault", PageApp, AppPage{AccountFrame: full(tabSecurity), App: &guarded.Passkeys[0], Setup: setup, Error: at("code")}},
		{"passkeys", PagePasskeys, PasskeysPage{AccountFrame: full(tabSecurity), Passkeys: guarded.Passkeys, Signal: signal}},
		{"passkeys, none", PagePasskeys, PasskeysPage{AccountFrame: bare(tabSecurity), First: true}},
		{"passkeys, at fault", PagePasskeys, PasskeysPage{AccountFrame: full(tabSecurity), Passkeys: guarded.Passkeys, Edited: "b", Error: at()}},
		{"passkeys, unusable", PagePasskeys, PasskeysPage{AccountFrame: full(tabSecurity), Unusable: x}},
		{"codes", PageCodes, CodesPage{AccountFrame: full(tabSecurity), On: true, Left: 3}},
		{"codes, from the sign-in", PageCodes, CodesPage{AccountFrame: full(tabSecurity), On: true, Next: "/docs"}},
		{"codes, none", PageCodes, CodesPage{AccountFrame: bare(tabSecurity), On: true}},
		{"codes, too early", PageCodes, CodesPage{AccountFrame: bare(tabSecurity)}},
		{"codes, new", PageCodes, CodesPage{AccountFrame: full(tabSecurity), On: true, Codes: []string{x, x}, File: x, Next: x}},
		{"codes, at fault", PageCodes, CodesPage{AccountFrame: full(tabSecurity), On: true, Error: at()}},
		{"sessions", PageSessions, SessionsPage{full(tabSessions), rows, nil}},
		{"sessions, none", PageSessions, SessionsPage{AccountFrame: bare(tabSessions)}},
		{"sessions, this one", PageSessions, SessionsPage{bare(tabSessions), rows[:1], nil}},
		{"sessions, at fault", PageSessions, SessionsPage{full(tabSessions), rows, at()}},
		{"tokens", PageTokens, TokensPage{AccountFrame: full(tabTokens), Tokens: tokens}},
		{"tokens, none", PageTokens, TokensPage{AccountFrame: bare(tabTokens)}},
		{"tokens, made", PageTokens, TokensPage{full(tabTokens), tokens, x, x, x}},
		{"new token", PageNewToken, NewTokenPage{AccountFrame: full(tabTokens), Scopes: scopes, Lives: lives}},
		{"new token, at fault", PageNewToken, NewTokenPage{full(tabTokens), x, scopes, lives, at("name", "scopes", "expires_in_days")}},
		{"activity", PageActivity, ActivityPage{full(tabActivity), done, "/account/activity?before=1", "/account/activity"}},
		{"activity, none", PageActivity, ActivityPage{AccountFrame: bare(tabActivity)}},
		{"data", PageData, DataPage{full(tabData)}},
		{"delete", PageAccountDelete, AccountDeletePage{AccountFrame: full(tabData)}},
		{"delete, at fault", PageAccountDelete, AccountDeletePage{full(tabData), x, at("email")}},
	}
}

func TestEveryEventHasWordsForThePersonConcerned(t *testing.T) {
	for _, e := range audit.Events {
		if !words(t, "en").Has(eventWords[e]) {
			t.Errorf("%s has none", e)
		}
	}
	if len(eventWords) != len(audit.Events) {
		t.Errorf("%d events have words, there are %d", len(eventWords), len(audit.Events))
	}
}

// What stands in the log for the operator is not told to the person: the
// reason of a refusal, and where an administrator sat.
func TestActivityTellsNoMoreThanThePersonMayKnow(t *testing.T) {
	const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
	here := audit.Client{IP: "192.0.2.7", UserAgent: agent}
	for _, c := range []struct {
		note string
		row  audit.Row
		want ActivityRow
	}{
		{
			"a login",
			audit.Row{Event: audit.EventLogin, Outcome: audit.Success, User: "1", Client: here, Detail: "password+totp", Count: 1},
			ActivityRow{What: "Sign-in", Kind: KindInfo, Device: "Firefox on Linux", IP: "192.0.2.7", How: "Password + Authenticator app", Times: 1},
		},
		{
			"a guess",
			audit.Row{Event: audit.EventLogin, Outcome: audit.Refused, Reason: "wrong_password", User: "1", Client: here, Count: 3},
			ActivityRow{What: "Sign-in", Kind: KindWarning, Refused: true, Device: "Firefox on Linux", IP: "192.0.2.7", Times: 3},
		},
		{
			"an administrator",
			audit.Row{Event: audit.EventFactorsReset, Outcome: audit.Success, User: "1", Actor: "2", Client: here},
			ActivityRow{What: "All second factors removed", Kind: KindInfo, By: "By an administrator"},
		},
		{
			"the person as actor",
			audit.Row{Event: audit.EventProfileUpdated, Outcome: audit.Success, User: "1", Actor: "1", Client: here},
			ActivityRow{What: "Profile change", Kind: KindInfo, Device: "Firefox on Linux", IP: "192.0.2.7"},
		},
		{
			"the command line",
			audit.Row{Event: audit.EventUserCreated, Outcome: audit.Success, User: "1", Actor: "host", Client: audit.Client{IP: "local"}},
			ActivityRow{What: "Account made", Kind: KindInfo, By: "By the operator of this server"},
		},
		{
			"an event of a later version",
			audit.Row{Event: "new_event", Outcome: audit.Success, Detail: "password"},
			ActivityRow{What: "new_event", Kind: KindInfo},
		},
	} {
		if got := activityRow(words(t, "en"), c.row, "1"); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.note, got, c.want)
		}
	}
}

func TestEveryNoticeIsSaid(t *testing.T) {
	for name, n := range accountNotices {
		if !words(t, "en").Has(n.Text) || !slices.Contains([]string{KindSuccess, KindInfo}, n.Kind) {
			t.Errorf("%s: %+v", name, n)
		}
		if _, twice := notices[name]; twice {
			t.Errorf("%s stands in both lists", name)
		}
	}
}

func TestAddressToConfirmIsComparedAsTheSignInDoes(t *testing.T) {
	for _, c := range []struct {
		typed, held string
		same        bool
	}{
		{"ada@example.com", "ada@example.com", true},
		{" Ada@EXAMPLE.com ", "ada@example.com", true},
		{"ada@example.com", "Ada@Example.com", true}, // a row made by hand
		{"ada@example.org", "ada@example.com", false},
		{"", "ada@example.com", false},
		{"", "", false},
		{"not an address", "not an address", true}, // an adopted row may hold one
	} {
		if sameAddress(c.typed, c.held) != c.same {
			t.Errorf("%q, %q: want %v", c.typed, c.held, c.same)
		}
	}
}

func TestNavigationKnowsWhereItIs(t *testing.T) {
	for path, want := range map[string]string{"/account/security": "page", "/account/security/codes": "true"} {
		var current []string
		for _, tab := range (AccountFrame{Base{Path: path}, tabSecurity}).Tabs() {
			if tab.Current != "" {
				current = append(current, tab.Name+" "+tab.Current)
			}
		}
		if !slices.Equal(current, []string{"security " + want}) {
			t.Errorf("%s: %v", path, current)
		}
	}
}
