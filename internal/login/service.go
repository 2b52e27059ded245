package login

import (
	"errors"
	"log/slog"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/passkey"
	"github.com/aiwfe/aiwfe-auth/internal/password"
	"github.com/aiwfe/aiwfe-auth/internal/ratelimit"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

// Options is what the service needs; all of it, unless said otherwise.
type Options struct {
	Store     Store
	Attempts  ratelimit.Store
	Passwords *password.Hasher
	Policy    *password.Policy
	Sessions  *session.Service
	Tokens    *token.Tokens
	Passkeys  *passkey.Service
	// Seals opens and seals what must not lie open in the database.
	Seals Seals
	// Letters writes mail; nil where there is none.
	Letters Letters
	// PublicURL is the address of this server without a trailing slash, for the
	// links in letters, and Product its name in authenticator apps.
	PublicURL, Product string
	// VerifyAddresses demands that an address is proven by mail before an account
	// of open registration counts; Letters must be there.
	VerifyAddresses bool
	// FactorRoles are the roles of which policy demands a second factor.
	FactorRoles []string
	// Recent is how long a full proof counts for a sensitive change (step-up),
	// Trust how long a device is trusted.
	Recent, Trust time.Duration
	// Keys are derived for one purpose each.
	Keys Keys
	// AccountLimit failed guesses at an account within AccountWindow; the
	// address limit counts every attempt of one network address.
	AccountLimit  int
	AccountWindow time.Duration
	Addresses     ratelimit.Limiter
	// Ceremonies counts the options for passkeys that an address asks for: every
	// open sign-in page asks once, so people behind one address need many more of
	// them than sign-ins. Nil counts them with the sign-ins.
	Ceremonies ratelimit.Limiter
	// SessionLimit sessions at most; Evict the oldest, or refuse the new one.
	SessionLimit int
	Evict        bool
	// Grace is how long the same device may ask again with a used refresh token.
	Grace time.Duration
	// Lanes is how many guesses at one account run at once.
	Lanes int
	// Registration is "closed", "invite" or "open".
	Registration string
	Now          func() time.Time
	Log          *slog.Logger
	// Heard is told of every audit row that was written; may be nil.
	Heard func(audit.Row)
	// Tally writes a row that many requests may earn, counted by the minute;
	// may be nil.
	Tally func(audit.Row)
}

// Keys are the keys of this package.
type Keys struct{ Attempts, Devices, Refresh secret.Value }

// Seals opens and seals data; bound is what it belongs to, so that it opens
// nowhere else.
type Seals interface {
	Seal(plain []byte, bound ...string) []byte
	Open(sealed []byte, bound ...string) (secret.Value, error)
}

// Letters writes mail.
type Letters interface {
	Compose(mail.Message) (mail.Letter, error)
}

// Service is the sign-in flow.
type Service struct {
	o      Options
	lanes  *ratelimit.Lanes
	parsed *cache.Cache[*token.Parsed]
	// met are devices that accounts signed in from, so that most logins need not
	// ask the database whether theirs is a new one.
	met *cache.Cache[struct{}]
}

// shutAfter failures in a row, over all windows, shut password login from
// unknown devices (NIST SP 800-63B-4 section 3.2.2 allows at most 100).
const shutAfter = 100

// New refuses when something is missing.
func New(o Options) (*Service, error) {
	switch {
	case o.Store == nil, o.Attempts == nil, o.Passwords == nil, o.Policy == nil, o.Sessions == nil, o.Tokens == nil,
		o.Addresses == nil, o.Now == nil, o.Log == nil, o.Passkeys == nil, o.Seals == nil:
		return nil, errors.New("login: every need must be given")
	case o.Keys.Attempts.Empty(), o.Keys.Devices.Empty(), o.Keys.Refresh.Empty():
		return nil, errors.New("login: every key must be given")
	case o.PublicURL == "", o.Product == "":
		return nil, errors.New("login: PublicURL and Product must be given")
	case o.Recent <= 0, o.Trust <= 0:
		return nil, errors.New("login: Recent and Trust are above zero")
	case o.AccountLimit < 1, o.AccountWindow <= 0, o.SessionLimit < 1, o.Lanes < 1:
		return nil, errors.New("login: limits start at one")
	}
	if o.Ceremonies == nil {
		o.Ceremonies = o.Addresses
	}
	if o.Heard == nil {
		o.Heard = func(audit.Row) {}
	}
	if o.Tally == nil {
		o.Tally = func(audit.Row) {}
	}
	return &Service{o: o, lanes: ratelimit.NewLanes(o.Lanes), parsed: cache.New[*token.Parsed](50_000), met: cache.New[struct{}](50_000)}, nil
}

// Client is who asks, as far as the request tells.
type Client struct {
	audit.Client
	// Network is the part of the address that one person holds: an IPv4
	// address, or the /64 of an IPv6 one.
	Network string
	// Browser is set when the request carries Origin or Sec-Fetch-Site.
	Browser bool
	// BrowserID, DeviceCookie and SessionCookie are the values of our cookies.
	BrowserID     string
	DeviceCookie  string
	SessionCookie string
	// Lang is the language of the page or of Accept-Language.
	Lang string
	// Origin is the header as sent, "" where there was none.
	Origin string
}

// Grant is a session just begun or extended.
type Grant struct {
	AccessToken  string
	ExpiresIn    time.Duration
	RefreshToken string // only for clients that are no browser
	Session      *session.Session
	User         account.User
	// Cookie and Device are the values for the session and device cookies;
	// empty where none is to be set.
	Cookie string
	Device string
}

// heard tells the metrics, after the row is safe.
func (s *Service) heard(rows ...audit.Row) {
	for _, r := range rows {
		s.o.Heard(r)
	}
}

// row starts an audit row at this moment.
func (s *Service) row(e audit.Event, c audit.Client) audit.Row {
	r := audit.Succeeded(e, c)
	r.At = s.o.Now()
	return r
}
