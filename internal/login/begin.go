package login

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
	"github.com/aiwfe/aiwfe-auth/internal/token"
)

// refreshPrefix lets secret scanners know a leaked token.
const refreshPrefix = "aiwfe_rt_"

// beginning is a proven person about to get a session.
type beginning struct {
	user       account.User
	hash       string // as proven
	upgrade    string
	client     Client
	method     string
	tokensOnly bool
	cleared    [][]byte
	// proof is what a second factor cost, trust asks for trust in the device,
	// and weak says that less was proven than the account can be asked for.
	proof   *Proof
	trust   bool
	weak    bool
	letters []mail.Letter
	links   []Link
}

// begin starts the session and makes the tokens. New secrets each time: what a
// client sent is never taken over (session fixation, CVE-2024-38513).
func (s *Service) begin(ctx context.Context, b beginning) (*Grant, error) {
	now := s.o.Now().UTC()
	g := &Grant{User: b.user}
	one := session.Session{
		ID: "ses_" + secret.RandomText(16), Kind: session.KindToken, Method: b.method,
		IP: b.client.IP, UserAgent: b.client.UserAgent,
		CreatedAt: now, AuthAt: now, SeenAt: now, ExpiresAt: now.Add(s.o.Sessions.Max()), User: b.user,
	}
	if b.weak {
		one.AuthAt = time.Time{}
	}
	one.DeviceName, one.DeviceKind = describe(b.client.UserAgent)
	if b.client.Browser {
		one.Kind = session.KindBrowser
	}
	in := Begin{
		Now: now, ProvenHash: b.hash, NewHash: b.upgrade,
		Limit: s.o.SessionLimit, Evict: s.o.Evict, Idle: s.o.Sessions.Idle(), Cleared: b.cleared,
		Factor: b.user.SecondFactor, Proof: b.proof, Letters: b.letters, Links: b.links,
	}
	if b.tokensOnly {
		one.Device = s.agentID(b.client, b.user.Email)
	} else {
		g.Cookie = base64.RawURLEncoding.EncodeToString(secret.Random(32))
		one.SecretHash = secret.Hash(g.Cookie)
		s.nameDevice(g, &one, b)
		var err error
		if in.Replaces, err = s.replaced(ctx, b); err != nil {
			return nil, err
		}
	}
	if !b.client.Browser {
		g.RefreshToken = refreshPrefix + base64.RawURLEncoding.EncodeToString(secret.Random(32))
		in.RefreshHash = secret.Hash(g.RefreshToken)
	}
	in.Session = one
	if b.trust && g.Device != "" {
		in.TrustUntil = now.Add(s.o.Trust)
	}
	var err error
	if in.NewDevice, err = s.deviceAlarm(ctx, b, one); err != nil {
		return nil, err
	}
	in.Rows, in.EvictedRow = s.beginRows(b, one)
	begun, err := s.o.Store.Begin(ctx, in)
	if err != nil {
		return nil, err
	}
	if begun.Spent == SpentChallenge {
		return nil, challengeExpired(begun.Spent)
	}
	if begun.Spent != "" {
		return nil, wrongCode(begun.Spent, "")
	}
	if begun.Stale {
		return nil, fault.New(api.CodeInvalidCredentials, "account_changed", "The address or the password is not right.")
	}
	if begun.Full {
		return nil, s.full(ctx, b)
	}
	s.heard(in.Rows...)
	g.Session = &one
	return g, s.issue(g, now)
}

// nameDevice binds the session to its device record and, for a browser, to the
// browser id that its CSRF tokens began under.
func (s *Service) nameDevice(g *Grant, one *session.Session, b beginning) {
	if b.client.BrowserID != "" {
		one.BrowserHash = secret.Hash(b.client.BrowserID)
	}
	id := s.browserDevice(b.client)
	switch {
	case id != "":
		g.Device = b.client.DeviceCookie // set again, so that its life is extended
	case b.client.Browser || b.client.BrowserID != "": // something that keeps cookies
		g.Device = s.newDeviceCookie()
		id = s.browserDevice(Client{DeviceCookie: g.Device})
	default:
		one.Device = s.agentID(b.client, b.user.Email)
		return
	}
	one.Device = s.deviceID(id, b.user.Email)
}

// replaced is the session that this browser had; it ends with the new one.
// When that cannot be looked up, neither begins: the old one would live on.
func (s *Service) replaced(ctx context.Context, b beginning) (string, error) {
	if b.client.SessionCookie == "" {
		return "", nil
	}
	old, reason, err := s.o.Sessions.BySecret(ctx, b.client.SessionCookie)
	if err != nil || old == nil || reason != "" {
		return "", err
	}
	return old.ID, nil
}

func (s *Service) beginRows(b beginning, one session.Session) (rows []audit.Row, evicted audit.Row) {
	row := s.row(audit.EventLogin, b.client.Client)
	row.User, row.Address, row.Session, row.Device, row.Detail = b.user.ID, b.user.Email, one.ID, one.Device, b.method
	rows = append(rows, row)
	if b.upgrade != "" {
		up := row
		up.Event, up.Detail = audit.EventPasswordUpgraded, ""
		rows = append(rows, up)
	}
	evicted = row
	evicted.Event, evicted.Reason, evicted.Detail = audit.EventSessionEnded, session.EndedEvicted, "session limit"
	return rows, evicted
}

func (s *Service) full(ctx context.Context, b beginning) error {
	row := s.row(audit.EventSessionLimit, b.client.Client)
	row.Outcome, row.Code, row.Reason = audit.Refused, api.CodeSessionLimitReached, "session_limit_refuse"
	row.User, row.Address = b.user.ID, b.user.Email
	if err := s.o.Store.Record(ctx, row); err != nil {
		return err
	}
	s.heard(row)
	return fault.New(api.CodeSessionLimitReached, "session_limit_refuse",
		"You are signed in on as many devices as are allowed. Please sign out on one of them first.")
}

// issue makes the access token of a live session. It never outlives it.
func (s *Service) issue(g *Grant, now time.Time) error {
	access, expires, err := s.o.Tokens.Make(token.Claims{
		Subject: g.User.ID, Email: g.User.Email, Scopes: g.User.Scopes(),
		SessionID: g.Session.ID, DeviceFingerprint: g.Session.Device,
	}, g.Session.ExpiresAt)
	g.AccessToken, g.ExpiresIn = access, expires.Sub(now.Truncate(time.Second)) // iat and exp are whole seconds
	return err
}
