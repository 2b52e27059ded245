package alert

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Headline says in a few words what a notice is about.
func Headline(m *api.AlertNotice) string {
	if m.Type == TypeTest {
		return "test message"
	}
	counts := map[string]int{}
	for _, a := range m.Alerts {
		counts[word(&a)]++
	}
	var parts []string
	for _, w := range []string{"critical", "warning", "resolved"} {
		if counts[w] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[w], w))
		}
	}
	text := strings.Join(parts, ", ")
	if len(m.Alerts) > 0 {
		text += " (" + Name(&m.Alerts[0])
		if len(m.Alerts) > 1 {
			text += " and others"
		}
		text += ")"
	}
	return text
}

// Name is the rule with its label.
func Name(a *api.Alert) string {
	if a.Label == "" {
		return a.Rule
	}
	return a.Rule + " " + a.Label
}

// word is what matters of an alert: its severity, or that it is over.
func word(a *api.Alert) string {
	if a.State == string(Resolved) {
		return string(Resolved)
	}
	return a.Severity
}

// Remedy says what to do, or "".
func Remedy(a *api.Alert) string {
	if a.Cause == nil || a.State == string(Resolved) {
		return ""
	}
	return a.Cause.Remedy
}

// Types of a notice.
const (
	TypeAlerts = "alerts"
	TypeTest   = "test"
)

// TestNotice is what `alert test` sends.
func TestNotice(id string, at time.Time, o Origin) api.AlertNotice {
	return api.AlertNotice{ID: id, Type: TypeTest, At: at, PublicURL: o.PublicURL, Version: o.Version, Alerts: []api.Alert{{
		ID: id, Rule: "test", State: string(Firing), Severity: string(Warning), Since: at, FiredAt: &at,
		Summary: "this is a test: nothing is wrong, and alerts find their way here",
	}}}
}

// mostBlocks is how many alerts one message shows; Slack takes 50 blocks.
const mostBlocks = 20

// SlackBody is a message for an incoming webhook of Slack, whose text stands by
// itself for those that know no blocks, as Mattermost.
func SlackBody(m *api.AlertNotice) ([]byte, error) {
	type text struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	type block struct {
		Type string `json:"type"`
		Text *text  `json:"text"`
	}
	head := "*" + escaped("aiwfe-auth: "+Headline(m)) + "* <" + m.PublicURL + "/admin/alerts|" + escaped(m.PublicURL) + ">"
	all, blocks := []string{head}, []block{{"section", &text{"mrkdwn", head}}}
	for i := range m.Alerts {
		if i == mostBlocks {
			more := fmt.Sprintf("and %d more", len(m.Alerts)-i)
			all, blocks = append(all, more), append(blocks, block{"section", &text{"mrkdwn", more}})
			break
		}
		one := slackAlert(&m.Alerts[i])
		all, blocks = append(all, one), append(blocks, block{"section", &text{"mrkdwn", one}})
	}
	return json.Marshal(struct {
		Text   string  `json:"text"`
		Blocks []block `json:"blocks"`
	}{strings.Join(all, "\n"), blocks})
}

func slackAlert(a *api.Alert) string {
	sign := map[string]string{"critical": ":red_circle:", "warning": ":large_orange_circle:", "resolved": ":large_green_circle:"}[word(a)]
	text := fmt.Sprintf("%s *%s* %s: %s", sign, word(a), escaped(Name(a)), escaped(a.Summary))
	if a.Cause == nil || a.State == string(Resolved) {
		return clipped(text, 2900)
	}
	text += "\n" + escaped(a.Cause.Title) + ". " + escaped(a.Cause.Remedy)
	for _, c := range a.Cause.Commands {
		text += "\n`" + escaped(c) + "`"
	}
	if strings.Contains(a.Cause.Docs, "://") {
		text += "\n<" + a.Cause.Docs + "|" + escaped(string(a.Cause.Code)) + ">"
	}
	return clipped(text, 2900)
}

// escaped keeps a text from becoming a link or a mention (Slack's own rule).
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// clipped keeps whole letters.
func clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
