package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const dataPath = "/account/data"

func (s *Site) ownData(q *httpkit.Request) error {
	frame, _, err := s.accountFrame(q, "account.data.title", tabData, dataPath)
	if err != nil {
		return err
	}
	return s.showOwn(q, nil, PageData, DataPage{frame})
}

// exportSend answers with a file.
func (s *Site) exportSend(q *httpkit.Request) error {
	return act(q, dataPath, func(p *login.Person, _ httpkit.Form) (string, error) {
		all, err := s.o.Login.ExportOwn(q.Context(), p, q.Client)
		if err != nil {
			return "", err
		}
		now := q.Now()
		body, err := json.Marshal(s.o.Account.Export(p, all, now), jsontext.WithIndent("  "))
		if err != nil {
			return "", err
		}
		h := q.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Content-Disposition", `attachment; filename="account-`+now.UTC().Format("2006-01-02")+`.json"`)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		q.WriteHeader(http.StatusOK)
		_, err = q.Write(body)
		return "", err
	}, refused)
}

func (s *Site) ownDelete(q *httpkit.Request) error { return s.showOwnDelete(q, "", nil) }

func (s *Site) showOwnDelete(q *httpkit.Request, typed string, f *fault.Error) error {
	frame, _, err := s.accountFrame(q, "account.delete.title", tabData, "/account/delete")
	if err != nil {
		return err
	}
	return s.showOwn(q, f, PageAccountDelete, AccountDeletePage{frame, typed, s.formError(q, f)})
}

// deleteSend deletes the account of somebody who typed its address.
func (s *Site) ownDeleteSend(q *httpkit.Request) error {
	return act(q, "/account/delete", func(p *login.Person, form httpkit.Form) (string, error) {
		if !sameAddress(form["email"], p.User().Email) {
			return "", fault.Invalid("/email", "not_yours", "This is not the address of your account.")
		}
		if err := s.o.Login.DeleteOwn(q.Context(), p, q.Client); err != nil {
			return "", err
		}
		q.SignedOut()
		return "/login?notice=account-deleted", nil
	}, func(form httpkit.Form, f *fault.Error) error {
		if f.Code == api.CodeInternal {
			return f
		}
		return s.showOwnDelete(q, form["email"], f)
	})
}

// unisolated drops what a copy from a page in a script from the right may bring
// along: the invisible isolates around an address.
func unisolated(typed string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f {
			return -1
		}
		return r
	}, typed)
}

// sameAddress compares as the sign-in does.
func sameAddress(typed, held string) bool {
	typed = unisolated(typed)
	if typed == held {
		return typed != ""
	}
	a, err := account.Canonical(typed)
	if err != nil {
		return false
	}
	b, err := account.Canonical(held)
	return err == nil && a == b
}
