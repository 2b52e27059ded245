package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Rules knows who may reach which application.
type Rules interface {
	// Policy is the rules that hold now, and how the applications are.
	Policy(ctx context.Context) api.Policy
	// CheckPolicy tries the rules on a person and a place; it changes nothing.
	CheckPolicy(ctx context.Context, q api.PolicyQuestion) (api.PolicyAnswer, error)
}

// offered are the methods that the form has; an address may name another.
var offered = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// policyPage shows the rules, and the answer to the question of the address. It
// is a GET, as nothing is changed: an answer can be kept and sent to a colleague.
func (s *Site) policyPage(v visit) error {
	b, err := s.adminBase(v, "admin.policy.title")
	if err != nil {
		return err
	}
	asked := v.HTTP().URL.Query()
	question := api.PolicyQuestion{
		User: strings.TrimSpace(asked.Get("user")), URL: strings.TrimSpace(asked.Get("url")),
		Method: cmp.Or(asked.Get("method"), "GET"),
	}
	rules := s.o.Rules.Policy(v.Context())
	page := PolicyPage{
		Base: b, File: rules.File, Refused: rules.Refused,
		Person: question.User, URL: question.URL, Methods: methodsFor(question.Method),
	}
	if asked.Has("url") {
		err = s.answerQuestion(v, &page, question)
	}
	f := fault.From(err)
	if err != nil && f.Code != api.CodeValidationFailed {
		return err
	}
	s.fillRules(&page, rules)
	if err == nil {
		return s.showAdmin(v, PagePolicy, page, nil)
	}
	v.Fault(f)
	page.Error = s.adminFault(b, f)
	return s.showAdmin(v, PagePolicy, page, f)
}

func (s *Site) answerQuestion(v visit, page *PolicyPage, q api.PolicyQuestion) error {
	if q.URL == "" {
		return fault.Invalid("/url", "required", "Please fill in this field.")
	}
	a, err := s.o.Rules.CheckPolicy(v.Context(), q)
	if err == nil {
		page.Answer = s.reachView(page.Base, a)
	}
	return err
}

// methodsFor are those of the form, and the one that was asked for.
func methodsFor(chosen string) (list []Option) {
	all := offered
	if !slices.Contains(all, chosen) {
		all = append(slices.Clone(all), chosen)
	}
	for _, m := range all {
		list = append(list, Option{m, m, m == chosen})
	}
	return list
}
