package web

import (
	"strings"
	"unicode"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const codesPath = "/account/security/codes"

func (s *Site) ownCodes(q *httpkit.Request) error {
	return s.showCodes(q, nil, q.HTTP().URL.Query().Get("next"), nil)
}

func (s *Site) showCodes(q *httpkit.Request, codes []string, next string, f *fault.Error) error {
	frame, p, err := s.accountFrame(q, "account.codes.title", tabSecurity, codesPath)
	if err != nil {
		return err
	}
	has, err := s.protection(q, p)
	if err != nil {
		return err
	}
	page := CodesPage{AccountFrame: frame, On: has.On(), Left: has.CodesLeft, Codes: codes, Error: s.formError(q, f)}
	if way, ok := q.Kit().Next(next); ok {
		page.Next = way.String()
	}
	page.File = fileName(frame.Product) + "-backup-codes.txt"
	return s.showOwn(q, f, PageCodes, page)
}

// fileName is a name as every system takes it for a file.
func fileName(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

// codesMake shows the codes in its answer and nowhere else: only hashes of them
// are kept.
func (s *Site) codesMake(q *httpkit.Request) error {
	return act(q, codesPath, func(p *login.Person, form httpkit.Form) (string, error) {
		codes, err := s.o.Login.MakeCodes(q.Context(), p, q.Client)
		if err != nil {
			return "", err
		}
		return "", s.showCodes(q, codes, form["next"], nil)
	}, func(form httpkit.Form, f *fault.Error) error { return s.showCodes(q, nil, form["next"], f) })
}

// codesSaved is the way on for somebody who ticked that the codes are safe.
func (s *Site) codesSaved(q *httpkit.Request) error {
	return act(q, codesPath, func(_ *login.Person, form httpkit.Form) (string, error) {
		if _, ok := q.Kit().Next(form["next"]); ok {
			return "", s.goOn(q, form["next"])
		}
		if form["saved"] == "" { // the page cannot be shown again
			return "/account/security", nil
		}
		return "/account/security?notice=codes-saved", nil
	}, refused)
}
