package selftest

import (
	"fmt"
	"time"
)

const (
	// clockOff is what codes and tokens bear, with room for a slow network.
	clockOff = 3 * time.Minute
	// pageStale is far longer than any page is on its way.
	pageStale = 5 * time.Minute
)

func (j *judge) cookies() {
	switch {
	case len(j.seen.Doubled) > 0:
		j.find("cookie_duplicated", "two cookies of one name came: "+named(j.seen.Doubled))
	case len(j.seen.Unreadable) > 0:
		j.find("cookie_unreadable", "a cookie of ours holds what we never write: "+named(j.seen.Unreadable))
	case j.seen.Lost:
		j.find("cookie_not_returned", "signed in a moment ago, and the next request came without the session cookie")
	case j.seen.Bound:
	case !j.said.Cookies, j.said.Kept != nil && !*j.said.Kept:
		j.find("cookies_blocked", "the page set a cookie, none came back, and the browser says that it keeps none")
	default:
		lines := []string{"the page set a cookie, and the next request came without it"}
		if j.said.Kept != nil {
			lines = append(lines, "the browser keeps other cookies of this site")
		}
		j.find("cookie_not_returned", lines...)
	}
}

// cached: the time that the page carries is older than the browser can have
// had it.
func (j *judge) cached() {
	if j.said.Made == 0 {
		return
	}
	age := j.seen.At.Sub(time.UnixMilli(j.said.Made)) - time.Duration(j.said.Open)*time.Millisecond
	if age > pageStale {
		j.find("cache_serves_auth", fmt.Sprintf("the page was made %s before the browser asked for it", age.Round(time.Second)))
	}
}

// token: a fresh token was refused though its cookie came.
func (j *judge) token() {
	if !j.said.Again || !j.seen.Bound || len(j.found) > 0 {
		return
	}
	switch j.seen.Refused {
	case "signature_wrong":
		j.find("secret_differs_between_nodes", "a token made a moment ago is of a key that this server does not know")
	case "bound_elsewhere":
		j.find("cache_serves_auth", "a token fetched a moment ago belongs to another browser")
	}
}

func (j *judge) clock() {
	if j.said.Now == 0 {
		return
	}
	off := time.UnixMilli(j.said.Now).Sub(j.seen.At)
	if off.Abs() <= clockOff {
		return
	}
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	j.find("browser_clock_off", fmt.Sprintf("the browser's clock is %s %s the server's: %s against %s", off.Abs().Round(time.Second), way,
		time.UnixMilli(j.said.Now).UTC().Format(time.RFC3339), j.seen.At.UTC().Format(time.RFC3339)))
}
