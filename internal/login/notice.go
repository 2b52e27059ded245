package login

import (
	"context"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/mail"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

// alarmLife is how long "this was not me" works: a mailbox may be read late.
const alarmLife = 14 * 24 * time.Hour

// notice writes a letter about a change of an account, with the link by which
// its owner says "this was not me". Both are kept in the transaction of the
// change. The link remembers the address it went to: another one that the
// account has later is not its reader's. Without mail there is nothing to write.
func (s *Service) notice(u account.User, c Client, m mail.Message) ([]mail.Letter, []Link, error) {
	if s.o.Letters == nil {
		return nil, nil, nil
	}
	text, link := s.newLink(LinkAlarm, u.ID, alarmLife)
	link.Address = u.Email
	m.Alarm = s.url(LinkAlarm, text)
	letter, err := s.letter(u, c, m)
	if err != nil {
		return nil, nil, err
	}
	return []mail.Letter{letter}, []Link{link}, nil
}

// letter fills in who it goes to, and where and when it happened.
func (s *Service) letter(u account.User, c Client, m mail.Message) (mail.Letter, error) {
	if m.To == "" {
		m.To = u.Email
	}
	m.Name, m.At = u.Name, s.o.Now().UTC()
	if m.Lang = u.Lang; m.Lang == "" {
		m.Lang = c.Lang
	}
	if m.Device == "" {
		m.Device, _ = describe(c.UserAgent)
	}
	m.IP = c.IP
	return s.o.Letters.Compose(m)
}

// url is the address of the page at which a link is opened. It is made of
// PUBLIC_URL alone, never of what a request says of its host.
func (s *Service) url(kind, token string) string { return s.o.PublicURL + LinkPath(kind, token) }

// metKey names a device of one account: the record of a device may pass to
// another account with the address.
func metKey(user account.ID, device string) cache.Key {
	return cache.Key(secret.Hash(string(user) + "\x00" + device))
}

// deviceAlarm is the letter about a new device. It is written only for one
// that is not known yet: every other login would pay for it in vain.
func (s *Service) deviceAlarm(ctx context.Context, b beginning, one session.Session) (*Alarm, error) {
	if s.o.Letters == nil || b.method == "setup" || b.method == "invitation" {
		return nil, nil
	}
	key := metKey(b.user.ID, one.Device)
	if _, met := s.met.Get(key); met {
		return nil, nil
	}
	known, err := s.o.Store.KnownDevice(ctx, one.Device)
	if err != nil {
		return nil, err
	}
	if known {
		s.met.Put(key, struct{}{})
		return nil, nil
	}
	letters, links, err := s.notice(b.user, b.client, mail.Message{Kind: mail.KindNewDevice, Device: one.DeviceName})
	if err != nil {
		return nil, err
	}
	return &Alarm{Letter: letters[0], Link: links[0]}, nil
}
