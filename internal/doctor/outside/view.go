package outside

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// view is a page in the browser, and what happened to it so far.
type view struct {
	*chromium
	at *url.URL

	visits, stored, sentBack int
	csp, mixed, broken       []string
	blocked                  []dropped
	urls                     map[string]string
}

// dropped is a cookie that the browser did not keep.
type dropped struct {
	cause api.Cause
	why   string
}

// droppedFor are the reasons of Chromium (Network.SetCookieBlockedReason).
var droppedFor = map[string]api.Cause{
	"InvalidDomain": "cookie_domain_mismatch", "InvalidPrefix": "cookie_prefix_violated", "SecureOnly": "cookie_secure_over_http",
	"SameSiteNoneInsecure": "cookie_samesite_none_insecure", "NameValuePairExceedsMaxSize": "cookie_too_large",
	"OverwriteSecure": "cookie_not_secure", "DisallowedCharacter": "cookie_malformed", "SyntaxError": "cookie_malformed",
}

// visit opens an address and waits until it is loaded.
func (v *view) visit(ctx context.Context, address string) error {
	var gone struct {
		Failure string `json:"errorText"`
	}
	if err := v.call(ctx, "Page.navigate", map[string]any{"url": address}, &gone); err != nil {
		return err
	}
	if gone.Failure != "" {
		return errors.New(gone.Failure)
	}
	v.visits++
	loaded, cancel := context.WithTimeout(ctx, 12*time.Second)
	defer cancel()
	for {
		select {
		case <-loaded.Done():
			return errors.New("the page was not loaded in time")
		case m, ok := <-v.events:
			if !ok {
				return errors.New("the browser ended: " + lastLine(v.errs.String()))
			}
			v.take(m)
			if m.Method == "Page.loadEventFired" {
				return v.count(ctx)
			}
		}
	}
}

// settle takes events for a while.
func (v *view) settle(ctx context.Context, d time.Duration) error {
	over := time.After(d)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over:
			return nil
		case m, ok := <-v.events:
			if !ok {
				return errors.New("the browser ended")
			}
			v.take(m)
		}
	}
}

// count asks which cookies are there now.
func (v *view) count(ctx context.Context) error {
	var got struct {
		Cookies []struct{ Name string } `json:"cookies"`
	}
	err := v.call(ctx, "Network.getCookies", map[string]any{"urls": []string{v.at.String() + loginPath}}, &got)
	v.stored = len(got.Cookies)
	return err
}

// take notes what an event tells.
func (v *view) take(m message) {
	var e struct {
		RequestID     string `json:"requestId"`
		BlockedReason string `json:"blockedReason"`
		ErrorText     string `json:"errorText"`
		Canceled      bool   `json:"canceled"`
		Request       struct{ URL string }
		Response      struct {
			URL    string
			Status int
		}
		BlockedCookies []struct {
			BlockedReasons []string
			CookieLine     string
		}
		AssociatedCookies []struct {
			BlockedReasons []string
			Cookie         struct{ Name string }
		}
		Entry struct{ Source, Level, Text string }
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	if v.urls == nil {
		v.urls = map[string]string{}
	}
	switch m.Method {
	case "Network.requestWillBeSent":
		v.urls[e.RequestID] = e.Request.URL
	case "Network.requestWillBeSentExtraInfo":
		v.returned(len(e.AssociatedCookies), func(i int) bool { return len(e.AssociatedCookies[i].BlockedReasons) == 0 })
	case "Network.responseReceivedExtraInfo":
		for _, c := range e.BlockedCookies {
			v.drop(c.CookieLine, c.BlockedReasons)
		}
	case "Network.responseReceived":
		if e.Response.Status >= 400 && v.ours(e.Response.URL) && strings.Contains(e.Response.URL, "/static/") {
			v.broken = append(v.broken, withoutQuery(e.Response.URL)+" does not come")
		}
	case "Network.loadingFailed":
		v.failed(withoutQuery(v.urls[e.RequestID]), e.BlockedReason, e.ErrorText, e.Canceled)
	case "Log.entryAdded":
		if e.Entry.Level == "error" && e.Entry.Source == "security" && strings.Contains(e.Entry.Text, "Content Security Policy") {
			v.csp = append(v.csp, cut(e.Entry.Text))
		}
	}
}

func (v *view) returned(n int, sent func(int) bool) {
	for i := range n {
		if sent(i) && v.visits > 1 {
			v.sentBack++
		}
	}
}

func (v *view) drop(line string, reasons []string) {
	c, _, _ := parseCookie(line)
	if !strings.HasPrefix(strings.ToLower(c.bare()), "aiwfe_") {
		return
	}
	for _, reason := range reasons {
		if cause, known := droppedFor[reason]; known {
			v.blocked = append(v.blocked, dropped{cause, c.String() + ": " + reason})
		}
	}
}

func (v *view) failed(address, blocked, text string, canceled bool) {
	switch {
	case blocked == "csp":
		v.csp = append(v.csp, address+" is refused by the Content-Security-Policy")
	case blocked == "mixed-content":
		v.mixed = append(v.mixed, address+" is plain http")
	case canceled || strings.Contains(address, "favicon") || !v.ours(address):
	case blocked == "" && text != "net::ERR_ABORTED":
		v.broken = append(v.broken, address+": "+text)
	}
}

func (v *view) ours(address string) bool { return strings.HasPrefix(address, origin(v.at)+"/") }

// eval runs a script in the page, and waits where it promises.
func (v *view) eval(ctx context.Context, script string, result any) error {
	var got struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Problem *struct{ Text string } `json:"exceptionDetails"`
	}
	err := v.call(ctx, "Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &got)
	switch {
	case err != nil:
		return err
	case got.Problem != nil:
		return errors.New(got.Problem.Text)
	}
	return json.Unmarshal(got.Result.Value, result)
}

func quoted(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

func cut(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return cut(lines[len(lines)-1])
}
