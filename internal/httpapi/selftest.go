package httpapi

import (
	"net/http"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/i18n"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

// selfTestRoute is where our own pages tell what they see of their browser.
func (a *API) selfTestRoute() Route {
	return Route{
		Method: "POST", Path: auth + "/selftest", Op: "selfTest", Tag: "Sign in", In: api.SelfTest{}, Out: api.SelfTestAnswer{},
		Summary: "What the sign-in page sees of its browser, judged together with what the server sees; for our own pages",
		Codes:   []api.Code{api.CodeTooManyAttempts}, Handler: http.HandlerFunc(a.selfTest),
	}
}

// selfTest is guarded like everything else. A refusal is the very thing that a
// page wants to know of, so it says what is wrong, to our own pages alone.
func (a *API) selfTest(w http.ResponseWriter, r *http.Request) {
	q := httpkit.From(w)
	q.Use(r)
	in, err := httpkit.ReceiveRefused[api.SelfTest](q, httpkit.Rule{})
	if in == nil {
		q.Fail(err)
		return
	}
	if wait, ok := a.o.SelfTests.Spend(q.Client.Network, q.Now()); !ok {
		q.Fail(fault.New(api.CodeTooManyAttempts, "selftest_limit", "Too many requests. Please try again later.").After(wait))
		return
	}
	seen := q.Seen(err)
	if strings.HasPrefix(in.Page, "/") {
		seen.Page = in.Page
	}
	q.Heal()
	var report *fault.Report
	if (err == nil || seen.OwnPage()) && !stale(err, in) {
		report = q.Report(selftest.Judge(in, seen), &seen)
	}
	if err == nil && report == nil && in.Policy == nil && r.Referer() == "" {
		q.JSON(http.StatusOK, api.SelfTestAnswer{OK: true, Look: "referrer-policy"})
		return
	}
	a.tell(q, in, err, report)
}

// stale says that a token was refused for the first time, which a fresh one
// mostly mends.
func stale(err error, in *api.SelfTest) bool {
	return err != nil && !in.Again && strings.HasPrefix(string(fault.From(err).Code), "csrf_")
}

func (a *API) reports(q *httpkit.Request, _ *httpkit.Nothing) (api.BrowserReportList, error) {
	most, err := limit(q)
	if err != nil {
		return api.BrowserReportList{}, err
	}
	list, err := a.o.Reports.Reports(q.Context(), most)
	out := api.BrowserReportList{Items: make([]api.BrowserReport, 0, len(list))}
	for i := range list {
		out.Items = append(out.Items, list[i].Told())
	}
	return out, err
}

func (a *API) tell(q *httpkit.Request, in *api.SelfTest, err error, report *fault.Report) {
	text := ""
	if report != nil {
		lang := in.Lang
		if !i18n.Known(lang) {
			lang = q.Lang()
		}
		text = a.o.Trouble(lang, report)
	}
	switch {
	case err != nil && report != nil:
		f := *fault.From(err)
		f.Detail, f.Report = text, report
		q.Fail(&f)
	case err != nil:
		q.Fail(err)
	case report != nil:
		q.JSON(http.StatusOK, api.SelfTestAnswer{Report: report.Code, Text: text})
	default:
		q.JSON(http.StatusOK, api.SelfTestAnswer{OK: true})
	}
}
