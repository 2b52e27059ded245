package httpkit

import (
	"errors"
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
	if fault.Is(err, api.CodeUnsupportedMediaType) {
		err = fault.New(api.CodeUnsupportedMediaType, "form_expected",
			"This address takes the form of a page, with Content-Type: application/x-www-form-urlencoded. "+
				"Programs send JSON to the API; its addresses are listed at /docs.")
	}
	if err != nil {
		return nil, err
	}
	form, err := parseForm(string(body))
	if err != nil {
		return nil, err
	}
	if err := q.CheckOrigin(Usual); err != nil {
		return form, q.judged(form, err)
	}
	return form, q.judged(form, forPage(q.CheckToken(Bound, form[CSRFField])))
}

// forPage says of a CSRF token what a person can do about it: the sentences of
// the API tell programs which header to send.
func forPage(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	c := *f
	switch f.Code {
	case api.CodeCSRFTokenMissing:
		c.Detail = "The form was sent without its security token. Please load the page once more and try again."
	case api.CodeCSRFTokenInvalid:
		c.Detail = "The security token of the form is not the one of this browser. Please load the page once more and try again; " +
			"cookies must be allowed for this site."
	case api.CodeCSRFTokenExpired:
		c.Detail = "The page was open for too long. Please load it once more and try again."
	default:
		return err
	}
	return &c
}
