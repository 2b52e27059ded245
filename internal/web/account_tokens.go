package web

import (
	"strconv"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

const tokensPath = "/account/tokens"

func (s *Site) ownTokens(q *httpkit.Request) error { return s.showTokens(q, TokensPage{}) }

func (s *Site) showTokens(q *httpkit.Request, page TokensPage) error {
	frame, p, err := s.accountFrame(q, "account.tokens.title", tabTokens, tokensPath)
	if err != nil {
		return err
	}
	page.AccountFrame = frame
	list, err := s.o.Login.Tokens(q.Context(), p)
	if err != nil {
		return err
	}
	for _, one := range list {
		row := TokenRow{ID: one.ID, Name: one.Name, Scopes: one.Scopes, Created: one.CreatedAt, Expires: one.ExpiresAt}
		if one.SeenAt.After(one.CreatedAt) {
			row.Used = one.SeenAt
		}
		page.Tokens = append(page.Tokens, row)
	}
	return s.showOwn(q, nil, PageTokens, page)
}

// scopeWords say what each scope lets a token do.
var scopeWords = map[string]string{
	"read": "account.tokens.scope.read", "write": "account.tokens.scope.write", "admin": "account.tokens.scope.admin",
}

// lives are the lengths of life to choose from, in days.
var lives = []int{7, 30, 90, 366}

func (s *Site) tokenForm(q *httpkit.Request) error {
	return s.showNewToken(q, httpkit.Form{"scope_read": "on", "days": "90"}, nil)
}

// showNewToken shows the form as it was filled in.
func (s *Site) showNewToken(q *httpkit.Request, form httpkit.Form, f *fault.Error) error {
	frame, p, err := s.accountFrame(q, "account.tokens.new", tabTokens, tokensPath+"/new")
	if err != nil {
		return err
	}
	page := NewTokenPage{AccountFrame: frame, Name: form["name"], Error: s.formError(q, f)}
	for _, scope := range p.User().Scopes() {
		page.Scopes = append(page.Scopes, ScopeChoice{scope, s.words(q).Text(scopeWords[scope]), form["scope_"+scope] != ""})
	}
	for _, days := range lives {
		page.Lives = append(page.Lives, LifeChoice{days, form["days"] == strconv.Itoa(days)})
	}
	return s.showOwn(q, f, PageNewToken, page)
}

// tokenMake shows the token in its answer and nowhere else: only a hash of it is
// kept.
func (s *Site) tokenMake(q *httpkit.Request) error {
	return act(q, tokensPath+"/new", func(p *login.Person, form httpkit.Form) (string, error) {
		days, _ := strconv.Atoi(form["days"]) // what is no number is refused as 0 is
		in := login.NewToken{Name: form["name"], Life: time.Duration(min(days, 10_000)) * 24 * time.Hour}
		for _, scope := range p.User().Scopes() {
			if form["scope_"+scope] != "" {
				in.Scopes = append(in.Scopes, scope)
			}
		}
		text, one, err := s.o.Login.MakeToken(q.Context(), p, in, q.Client)
		if err != nil {
			return "", err
		}
		return "", s.showTokens(q, TokensPage{Made: text, MadeName: one.Name, Example: s.example(text)})
	}, func(form httpkit.Form, f *fault.Error) error { return s.showNewToken(q, form, f) })
}

// example is a command that asks who the token belongs to.
func (s *Site) example(token string) string {
	return "curl -H 'Authorization: Bearer " + token + "' " + s.o.Account.PublicURL + "/api/v1/users/me"
}

func (s *Site) tokenRevoke(q *httpkit.Request) error {
	return act(q, tokensPath, func(p *login.Person, form httpkit.Form) (string, error) {
		err := s.o.Login.RevokeToken(q.Context(), p, form["token_id"], q.Client)
		if fault.Is(err, api.CodeNotFound) { // revoked already: what was wanted is so
			err = nil
		}
		return tokensPath + "?notice=token-revoked", err
	}, refused)
}
