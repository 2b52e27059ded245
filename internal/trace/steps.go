package trace

import (
	"fmt"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// facts are what was seen of a step. What is the same as at the step before is
// not said again.
func (s *Story) facts(i int) []api.Fact {
	r := &s.Rows[i]
	list := []api.Fact{}
	add := func(name, text string) {
		if text != "" {
			list = append(list, api.Fact{Name: name, Text: text})
		}
	}
	before := &Row{}
	if i > 0 {
		before = &s.Rows[i-1]
	}
	who := r.Address
	if who == "" && r.User != "" {
		who = "account " + r.User
	}
	add("account", who)
	if r.Method == "" { // the audit tells no more
		add("client", client(r))
		return append(list, s.detail(r)...)
	}
	if client(r) != client(before) {
		add("client", client(r))
	}
	if address(r) != address(before) {
		add("asked", address(r))
	}
	if r.Origin != "" || r.FetchSite != "" {
		add("origin", or(r.Origin, "none")+"; Sec-Fetch-Site "+or(r.FetchSite, "none"))
	}
	add("cookies_came", came(r))
	add("cookies_set", set(r))
	if r.Method != "GET" && r.Method != "OPTIONS" {
		add("csrf_token", tokenPlaces[r.Token])
	}
	if r.Bearer {
		add("authorization", "a header came")
	}
	return append(list, s.detail(r)...)
}

// tokenPlaces are where a CSRF token stood.
var tokenPlaces = map[string]string{
	"": "none came", "header": "came in the header X-CSRF-TOKEN", "body": "came in the form",
}

// detail is what the audit says beside.
func (s *Story) detail(r *Row) (list []api.Fact) {
	for i := range s.Audit {
		if a := &s.Audit[i]; a.Client.RequestID == r.RequestID {
			text := string(a.Event) + ", " + a.Outcome
			if a.Detail != "" {
				text += ", " + a.Detail
			}
			if a.Count > 1 {
				text += fmt.Sprintf(", one of %d of this minute", a.Count)
			}
			list = append(list, api.Fact{Name: "audit", Text: text})
		}
	}
	return list
}

func client(r *Row) string {
	if r.IP == "local" {
		return "the command line on the host"
	}
	return r.IP + parens(r.Agent)
}

func address(r *Row) string {
	text := or(r.Scheme, "?") + "://" + or(r.Host, "?")
	switch {
	case r.Proxied && r.Peer != "":
		text += " through the proxy " + r.Peer
	case r.Proxied:
		text += " through a proxy"
	case r.Forwarded:
		text += " through a proxy that TRUSTED_PROXIES does not name"
	}
	if r.Sent != "" {
		text += ", sent on as " + r.Sent
	}
	return text
}

func came(r *Row) string {
	var list []string
	for _, c := range r.Came {
		text := c.Name
		if c.Count > 1 {
			text += fmt.Sprintf(" ×%d", c.Count)
		}
		if c.Broken {
			text += " (damaged)"
		}
		list = append(list, text)
	}
	return or(strings.Join(list, ", "), "none of ours")
}

func set(r *Row) string {
	var list []string
	for _, c := range r.Set {
		text := c.Name
		switch {
		case c.Cleared:
			text += " (cleared)"
		case c.Domain != "":
			text += " (Domain " + c.Domain + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}

func parens(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
