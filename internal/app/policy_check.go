package app

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
)

// Stranger says whether a question is about nobody in particular.
func Stranger(user string) bool { return user == "" || user == "-" }

// CheckStranger tells what a stranger may, by the rules alone: it needs no database.
func CheckStranger(cfg *config.Config, q api.PolicyQuestion) (api.PolicyAnswer, error) {
	at, err := placeAsked(&q)
	if err != nil {
		return api.PolicyAnswer{}, err
	}
	return answerTo(cfg, q, at, nil, RulesOf(cfg).Try(at, nil, now())), nil
}

// CheckPolicy tells whether a person may reach a place, by which rule, and what
// it would take: for the command line, the page of administrators and the API.
func (c *Core) CheckPolicy(ctx context.Context, q api.PolicyQuestion) (api.PolicyAnswer, error) {
	if Stranger(q.User) {
		if q.Session != "" {
			return api.PolicyAnswer{}, fault.Invalid("/session", "not_allowed",
				"A session is one of an account: name it as user.")
		}
		return CheckStranger(c.Config, q)
	}
	at, err := placeAsked(&q)
	if err != nil {
		return api.PolicyAnswer{}, err
	}
	u, err := c.person(ctx, q.User)
	if err != nil {
		return api.PolicyAnswer{}, err
	}
	trial, err := c.Reach(ctx, at, &u, q.Session)
	if err != nil {
		return api.PolicyAnswer{}, err
	}
	return answerTo(c.Config, q, at, &u, trial), nil
}

// maxURL bounds an address, whose query has no say.
const maxURL = 16 << 10

// placeAsked reads where the question leads to, each fault at its field.
func placeAsked(q *api.PolicyQuestion) (policy.Place, error) {
	q.Method = cmp.Or(q.Method, "GET")
	if err := policy.Method(q.Method); err != nil {
		return policy.Place{}, fault.Invalid("/method", "not_a_method", asSentence(err))
	}
	if len(q.URL) > maxURL {
		return policy.Place{}, fault.Invalid("/url", "too_long", "This is longer than 16 KiB.")
	}
	at, err := policy.Target(q.URL, q.Method)
	switch {
	case err == nil:
		return at, nil
	case errors.Is(err, policy.ErrNoURL), errors.Is(err, policy.ErrUser),
		errors.Is(err, policy.ErrHost), errors.Is(err, policy.ErrTooLong):
		return at, fault.Invalid("/url", "not_a_place", asSentence(err))
	}
	return at, fault.Invalid("/url", "two_places", asSentence(err))
}

func asSentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// person is the account of an address; what is wrong with it is told at its field.
func (c *Core) person(ctx context.Context, address string) (account.User, error) {
	u, err := c.Login.FindByEmail(ctx, address)
	switch f := fault.From(err); {
	case err == nil:
		return u, nil
	case f.Code == api.CodeNotFound:
		return u, fault.Invalid("/user", "user_unknown", f.Detail)
	case len(f.Fields) == 1:
		return u, fault.Invalid("/user", f.Fields[0].Code, f.Fields[0].Detail)
	}
	return u, err
}

func answerTo(cfg *config.Config, q api.PolicyQuestion, at policy.Place, u *account.User, t policy.Trial) api.PolicyAnswer {
	d := t.Decision
	out := api.PolicyAnswer{
		URL: q.URL, Host: at.Host, Path: at.Path, Method: at.Method, User: personTold(u),
		Allowed: t.Allowed, Verdict: d.Verdict.String(), Reason: d.Reason, Detail: d.Detail, Summary: t.Summary(),
		Rule: ruleTold(d.Rule), File: cfg.PolicyFile, Ways: []api.PolicyWay{}, Notes: []string{},
	}
	for _, w := range t.Ways {
		out.Ways = append(out.Ways, api.PolicyWay{
			Way: w.Way.Name, Kind: w.Way.Kind, Label: w.Way.Label, Method: w.Way.Person.Method,
			Verdict: w.Decision.Verdict.String(), Reason: w.Decision.Reason, Detail: w.Decision.Detail,
		})
	}
	if d.Rule != nil && d.Rule.Allow == policy.SignedIn {
		for _, note := range []string{cfg.WithoutCookie(at.Host), cfg.NotLedBack(at.Host)} {
			if note != "" {
				out.Notes = append(out.Notes, note)
			}
		}
	}
	if u != nil && u.Refusal() != "" {
		out.Notes = append(out.Notes, "The account cannot sign in: "+strings.ReplaceAll(u.Refusal(), "_", " ")+
			". See: aiwfe-auth user show --email "+u.Email)
	}
	return out
}

func personTold(u *account.User) *api.PolicyPerson {
	if u == nil {
		return nil
	}
	return &api.PolicyPerson{ID: string(u.ID), Email: u.Email, Role: u.Role, Status: u.Status, SignIn: MaySignIn(u)}
}

// MaySignIn is yes, or the stable name of what an account cannot sign in for.
func MaySignIn(u *account.User) string {
	switch may := u.Refusal(); {
	case may == "" && u.Hash == "":
		return "no_password"
	case may == "":
		return "yes"
	default:
		return may
	}
}
