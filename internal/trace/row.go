package trace

import (
	"encoding/hex"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// Row is one request as it is kept.
type Row struct {
	// ID grows with time; zero until stored.
	ID        int64
	At        time.Time
	RequestID string
	// Browser names the browser by a hash of the id in its cookie, and Gave the
	// one that the answer gave it. Place names where the request came from, by
	// network and User-Agent: all that ties requests together whose cookies are
	// lost. Network bounds how many rows one client earns.
	Browser, Gave, Place, Network string

	// Facts are everything else.
	Facts
}

// Facts are what was seen of a request. No value of them is a secret.
type Facts struct {
	Method string `json:"method,omitzero"`
	// Route is the pattern, never the path: addresses of pages hold tokens.
	Route  string   `json:"route,omitzero"`
	Status int      `json:"status,omitzero"`
	Code   api.Code `json:"code,omitzero"`
	Reason string   `json:"reason,omitzero"`
	Cause  string   `json:"cause,omitzero"`
	// Address is the account's, where a limit was decided about it.
	Address string `json:"address,omitzero"`
	User    string `json:"user,omitzero"`
	Session string `json:"session,omitzero"`

	IP    string `json:"ip,omitzero"`
	Peer  string `json:"peer,omitzero"`
	Agent string `json:"agent,omitzero"`
	// Proxied: the peer is a trusted proxy. Forwarded: headers of a proxy came,
	// whether they count or not.
	Proxied   bool `json:"proxied,omitzero"`
	Forwarded bool `json:"forwarded,omitzero"`
	// Scheme and Host are what the client asked for, as far as the headers that
	// count tell; Sent is the Host header where a proxy says another one.
	Scheme string `json:"scheme,omitzero"`
	Host   string `json:"host,omitzero"`
	Sent   string `json:"sent,omitzero"`

	Origin    string `json:"origin,omitzero"`
	FetchSite string `json:"fetch_site,omitzero"`
	// Came are the cookies of ours that the request carried, Set those of the
	// answer.
	Came []Cookie    `json:"came,omitzero"`
	Set  []SetCookie `json:"set,omitzero"`
	// Token is where a CSRF token stood: "header", "body", or "" for none.
	Token string `json:"token,omitzero"`
	// Bearer: an Authorization header came.
	Bearer bool `json:"bearer,omitzero"`
	// Micros is At to the microsecond: a sign-in and the request after it may
	// fall into one millisecond. Good is when the session of this browser last
	// counted, likewise; 0 where that is not known.
	Micros int64 `json:"us,omitzero"`
	Good   int64 `json:"good,omitzero"`
	// Took is in milliseconds.
	Took int64 `json:"took,omitzero"`
}

// Cookie is one name among the cookies that came.
type Cookie struct {
	Name string `json:"name"`
	// Count is how often the name came; once where it is zero.
	Count int `json:"n,omitzero"`
	// Broken: its value is none that we write.
	Broken bool `json:"broken,omitzero"`
	// Mark tells two values of one name apart, and nothing else of them.
	Mark string `json:"mark,omitzero"`
}

// SetCookie is a cookie that the answer set or cleared.
type SetCookie struct {
	Name    string `json:"name"`
	Domain  string `json:"domain,omitzero"`
	Secure  bool   `json:"secure,omitzero"`
	Cleared bool   `json:"cleared,omitzero"`
	Mark    string `json:"mark,omitzero"`
}

// Refused says whether the request was refused or failed.
func (r *Row) Refused() bool { return r.Code != "" || r.Status >= 400 }

// Hash names something without telling it: long enough to tell browsers apart,
// and no way back.
func Hash(kind, value string) string {
	if value == "" {
		return ""
	}
	return hex.EncodeToString(secret.Hash("trace " + kind + "\x00" + value)[:10])
}

// Mark is sixteen bits of a hash: enough to see that a cookie came back with
// another value, and too little to learn anything of one.
func Mark(value string) string {
	if value == "" {
		return ""
	}
	return Hash("mark", value)[:4]
}

// Limits of texts that a stranger wrote.
const (
	maxAgent = 160
	maxText  = 300
	maxName  = 120
)

// cut keeps a row small, whatever was sent.
func (r *Row) cut() {
	for _, one := range []struct {
		text *string
		most int
	}{
		{&r.RequestID, maxName},
		{&r.Method, 20},
		{&r.Route, maxName},
		{&r.Reason, maxName},
		{&r.Cause, maxText},
		{&r.Address, maxText},
		{&r.Agent, maxAgent},
		{&r.Host, maxName},
		{&r.Sent, maxName},
		{&r.Origin, maxName},
		{&r.FetchSite, 40},
	} {
		if len(*one.text) > one.most {
			*one.text = (*one.text)[:one.most]
		}
	}
	r.Came = r.Came[:min(len(r.Came), 12)]
	r.Set = r.Set[:min(len(r.Set), 12)]
	for i := range r.Came {
		r.Came[i].Name = r.Came[i].Name[:min(len(r.Came[i].Name), 60)]
	}
}
