package outside

import (
	"fmt"
	"net/url"
	"strings"
)

// said is an answer in one line: status, kind, length and, of a page, its title.
func said(question string, a *answer) string {
	text := fmt.Sprintf("%s answered %d", question, a.status)
	if kind := a.Get("Content-Type"); kind != "" {
		text += " " + kind
	}
	if to := a.Get("Location"); to != "" {
		text += ", Location " + withoutQuery(to)
	}
	if p := problem(a); p.Code != "" {
		return text + ", code " + string(p.Code) + requestID(p.RequestID)
	}
	if s := server(a); s != "" {
		text += ", by " + s
	}
	if t := title(a.body); t != "" {
		text += ": " + t
	}
	return text
}

func requestID(id string) string { return prefixed(", request ", id) }

func parenthesis(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func server(a *answer) string {
	if s := a.Get("Server"); s != "" {
		return s
	}
	return a.Get("Via")
}

// title is what a page calls itself.
func title(body []byte) string {
	lower := strings.ToLower(string(body))
	_, rest, ok := strings.Cut(lower, "<title")
	if !ok {
		return ""
	}
	from := len(lower) - len(rest) + strings.IndexByte(rest, '>') + 1
	end := strings.Index(lower[from:], "</title")
	if end < 0 || end > 120 {
		return ""
	}
	return strings.Join(strings.Fields(string(body[from:from+end])), " ")
}

// withoutQuery drops what may be a secret.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable)"
	}
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	u.Fragment = ""
	return u.Redacted()
}
