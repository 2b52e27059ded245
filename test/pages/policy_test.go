package pages

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aiwfe/aiwfe-auth/test/browser"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// longName is as long as a rule's may become before somebody calls it a text.
const longName = "reports of the northern branch that only its own bookkeepers and the auditors of the group may see"

// manyRules are sixty, of every kind that there is.
func manyRules() string {
	var b strings.Builder
	b.WriteString("rules:\n  - {name: health, paths: [/healthz], methods: [GET], allow: everyone}\n" +
		"  - {name: closed, paths: [/internal/**], allow: nobody}\n" +
		"  - name: administration\n    hosts: [app.example.com]\n    paths: [/admin/**]\n    roles: [admin]\n    proof: second_factor\n    fresh: 10m\n" +
		"  - name: " + longName + "\n    hosts: [a-host-with-quite-a-long-name.of-the-northern-branch.example.com, \"*.tools.example.com\"]\n" +
		"    paths: [/reports/of/the/last/financial/year/with-a-segment-that-goes-on-and-on-and-on/**, /summaries/*]\n" +
		"    methods: [GET, POST, PUT, PATCH, DELETE]\n    scopes: [write]\n    proof: phishing_resistant\n    fresh: 8h\n")
	for i := 5; i <= 59; i++ {
		fmt.Fprintf(&b, "  - {name: team %d, hosts: [app.example.com], paths: [/teams/%d/**]}\n", i, i)
	}
	b.WriteString("  - {name: the rest, hosts: [app.example.com]}\n")
	return b.String()
}

// ruled is a server with these rules and two applications, one of which is away.
func ruled(t *testing.T) *ground.Instance {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(manyRules()), 0o600); err != nil {
		t.Fatal(err)
	}
	there, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	away, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = away.Close()
	s := ground.Server(t, map[string]string{
		"POLICY_FILE": file, "UPSTREAMS": fmt.Sprintf("app.example.com/=http://%s,/reports=http://%s", there.Addr(), away.Addr()),
	})
	if r := s.RunInput(password, "user", "create", "--email", email, "--name", "Ada Lovelace", "--role", "admin", "--password-stdin"); r.Code != 0 {
		t.Fatalf("user create: %d %s", r.Code, r.Stderr)
	}
	return s
}

// question is the page with an answer to it.
func question(user, url string) string {
	return "/admin/policy?" + "user=" + strings.ReplaceAll(user, "@", "%40") + "&url=" + strings.ReplaceAll(url, "/", "%2F") + "&method=GET"
}

func TestPolicyPageShowsRulesAndTriesThem(t *testing.T) {
	t.Parallel()
	s := ruled(t)
	for _, scripts := range []bool{true, false} {
		ctx := browser.New(t, browser.Allow("status of 422"))
		if !scripts {
			browser.NoScript(t, ctx)
		}
		within(t, ctx, s, "/admin/policy")
		at(t, ctx, "Who may go where")
		wantSeen(t, ctx, ".rule:nth-child(4)", longName)
		wantSeen(t, ctx, ".rule:nth-child(60)", "the rest")
		wantSeen(t, ctx, ".rule:last-child", "No rule is about it")
		wantSeen(t, ctx, ".app-list li:has(.chip-success)", "app.example.com/")
		wantSeen(t, ctx, ".app-list li:has(.chip-danger)", "takes no connections")

		browser.Do(t, ctx, // by keyboard alone: from the person to the address, and Enter
			chromedp.Focus(css("#user")), chromedp.KeyEvent(email+kb.Tab+"https://app.example.com/admin/users"+kb.Enter))
		wantSeen(t, ctx, ".reach", "Not yet: the rule asks for more proof.")
		wantSeen(t, ctx, ".reach", "administration line 4")
		wantSeen(t, ctx, ".rule-decides", "administration")

		browser.Do(t, ctx, chromedp.Clear(css("#user")), chromedp.Clear(css("#url")),
			chromedp.SendKeys(css("#url"), "https://app.example.com/a/../admin"+kb.Enter))
		wantSeen(t, ctx, "#url-error", "can be read in two ways")
		if kept, _ := chromedp.Run(ctx, chromedp.Value(css("#url"))); kept != "https://app.example.com/a/../admin" {
			t.Errorf("the address typed was lost: %q", kept)
		}
		if scripts {
			look(t, ctx, s, map[string]string{"admin-policy": question(email, "https://app.example.com/admin/users")})
		}
	}
}

func TestPolicyPageWithoutAFile(t *testing.T) {
	t.Parallel()
	s := server(t)
	ctx := browser.New(t, browser.Allow("status of 422"))
	within(t, ctx, s, "/admin/policy")
	wantSeen(t, ctx, ".rules", "There is no file of rules")
	wantSeen(t, ctx, ".rule", "The default without a file")
	wantSeen(t, ctx, ".begin pre", "hosts: [localhost]")
	look(t, ctx, s, map[string]string{
		"admin-policy-none":   "/admin/policy?lang=en",
		"admin-policy-fault":  question("nobody@example.com", "https://localhost/") + "&lang=en",
		"admin-policy-ar":     question("", "http://localhost/reports") + "&lang=ar",
		"admin-policy-yes-de": question(email, "http://localhost/reports") + "&lang=de",
	})
}
