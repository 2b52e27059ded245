package web

import (
	"strconv"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const sessionsPath = "/account/sessions"

func (s *Site) ownSessions(q *httpkit.Request) error {
	frame, p, err := s.accountFrame(q, "account.sessions.title", tabSessions, sessionsPath)
	if err != nil {
		return err
	}
	list, err := s.o.Login.Sessions(q.Context(), p.User().ID)
	if err != nil {
		return err
	}
	page := SessionsPage{AccountFrame: frame}
	for _, one := range list {
		row := SessionRow{
			ID: one.ID, Device: one.DeviceName, Kind: one.DeviceKind, IP: one.IP, Method: methodWords(s.words(q), one.Method),
			Created: one.CreatedAt, LastSeen: one.SeenAt, Current: one.ID == p.Session.ID,
		}
		if row.Current {
			page.Sessions = append([]SessionRow{row}, page.Sessions...)
		} else {
			page.Sessions = append(page.Sessions, row)
		}
	}
	return s.showOwn(q, nil, PageSessions, page)
}

// methods are the ways to prove who one is, by what sessions and the audit call
// them.
var methods = map[string]string{
	"password": "account.method.password", "passkey": "account.method.passkey", "setup": "account.method.setup",
	"invitation": "account.method.invitation", login.MethodTOTP: "account.method.totp",
	login.MethodWebAuthn: "account.method.passkey", login.MethodBackup: "account.method.backup_code",
}

// methodWords says how somebody signed in, such as "password + passkey"; "" for
// a way that has no words.
func methodWords(w *i18n.Words, method string) string {
	var list []string
	for one := range strings.SplitSeq(method, "+") {
		key, ok := methods[one]
		if !ok {
			return ""
		}
		list = append(list, w.Text(key))
	}
	return strings.Join(list, " + ")
}

func (s *Site) endSession(q *httpkit.Request) error {
	return act(q, sessionsPath, func(p *login.Person, form httpkit.Form) (string, error) {
		err := s.o.Login.End(q.Context(), login.Self(p, q.Client.Client), p.User().ID, form["session_id"])
		if fault.Is(err, api.CodeNotFound) { // ended already: what was wanted is so
			err = nil
		}
		return sessionsPath + "?notice=session-closed", err
	}, refused)
}

func (s *Site) endOthers(q *httpkit.Request) error {
	return act(q, sessionsPath, func(p *login.Person, _ httpkit.Form) (string, error) {
		n, err := s.o.Login.EndOthers(q.Context(), login.Self(p, q.Client.Client), p.User().ID, p.Session.ID)
		return sessionsPath + "?notice=others-closed&n=" + strconv.Itoa(n), err
	}, refused)
}
