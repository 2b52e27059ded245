package httpkit

import (
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Form is an urlencoded body in which each field stands once.
type Form map[string]string

func parseForm(body string) (Form, error) {
	values, err := url.ParseQuery(body)
	if err != nil || strings.Count(body, "&") > 50 {
		return nil, fault.New(api.CodeMalformedRequest, "form_malformed", "The form cannot be read.")
	}
	form := make(Form, len(values))
	for name, all := range values {
		if len(all) != 1 {
			return nil, fault.New(api.CodeMalformedRequest, "form_field_twice", "A field of the form was sent twice.")
		}
		form[name] = all[0]
	}
	return form, nil
}

// ReceiveForm reads and guards a form that one of our pages sent.
func (q *Request) ReceiveForm() (Form, error) {
	body, err := q.Body("application/x-www-form-urlencoded")
	if err != nil {
		return nil, err
	}
	form, err := parseForm(string(body))
	if err != nil {
		return nil, err
	}
	if err := q.CheckOrigin(Usual); err != nil {
		return form, err
	}
	return form, q.CheckToken(Bound, form[CSRFField])
}
