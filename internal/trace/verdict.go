package trace

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// verdict says which step refused and why.
func (s *Story) verdict() api.Verdict {
	at := s.refused()
	if at < 0 {
		return s.wentWell()
	}
	r := &s.Rows[at]
	v := api.Verdict{Refused: true, Step: at + 1, Code: r.Code, Reason: r.Reason, Commands: []string{}}
	about(&v)
	if judge := judges[r.Code]; judge != nil {
		judge(s, at, &v)
	}
	s.judgeGate(at, &v)
	s.finish(r, &v)
	return v
}

// judges are what looks further than the reason, by code.
var judges = map[api.Code]func(*Story, int, *api.Verdict){
	api.CodeNotAuthenticated:    (*Story).judgeStranger,
	api.CodeSessionEnded:        (*Story).judgeSession,
	api.CodeCSRFTokenMissing:    (*Story).judgeToken,
	api.CodeCSRFTokenInvalid:    (*Story).judgeToken,
	api.CodeCSRFTokenExpired:    (*Story).judgeToken,
	api.CodeOriginNotAllowed:    (*Story).judgeOrigin,
	api.CodeTooManyAttempts:     (*Story).judgeLimit,
	api.CodeInvalidCode:         (*Story).judgeCode,
	api.CodeChallengeExpired:    (*Story).judgeChallenge,
	api.CodeLegacyTokenRetired:  (*Story).judgeLegacy,
	api.CodeTokenInvalid:        (*Story).judgeBearer,
	api.CodeNotFound:            (*Story).judgeRoute,
	api.CodeDatabaseUnavailable: (*Story).judgeBeneath,
	api.CodeStorageFull:         (*Story).judgeBeneath,
	api.CodeInternal:            (*Story).judgeBeneath,
}

// about fills in what the code and the reason say by themselves.
func about(v *api.Verdict) {
	info, known := api.Explanations[v.Code]
	v.Title = api.Codes[v.Code].Title
	v.Text, v.Remedy = info.Meaning, info.Operator
	v.Commands = append(v.Commands, info.Commands...)
	if !known {
		v.Title, v.Text = "The request was refused", "The server answered with a refusal that has no code of its own."
	}
	w, ok := reasonWords(v.Reason)
	if !ok {
		return
	}
	v.Cause, v.Text = v.Reason, w.text
	if w.title != "" {
		v.Title = w.title
	}
	if w.remedy != "" {
		v.Remedy = w.remedy
	}
	if w.commands != nil {
		v.Commands = w.commands
	}
}

// name sets the cause that the steps prove, with its words.
func (v *named) name(cause string, evidence ...string) {
	w := causes[cause]
	v.Cause, v.Title, v.Text, v.Remedy = cause, w.title, w.text, w.remedy
	v.Commands = slices.Clone(w.commands)
	v.Evidence = strings.Join(evidence, "\n")
}

type named api.Verdict

// finish adds the evidence that there is, the page, and the address at hand.
func (s *Story) finish(r *Row, v *api.Verdict) {
	if v.Evidence == "" && r.Cause != "" {
		v.Evidence = r.Cause
	}
	v.Docs = page(v.Cause, v.Code)
	commands := []string{}
	for _, c := range v.Commands {
		if strings.Contains(c, "REQUEST_ID") { // that is what was asked
			continue
		}
		if plainAddress.MatchString(r.Address) {
			c = strings.ReplaceAll(c, "ADDRESS", r.Address)
		}
		c = tried(c, r)
		c = strings.ReplaceAll(c, "--url PUBLIC_URL", "--url "+or(s.PublicURL, "PUBLIC_URL"))
		if !slices.Contains(commands, c) {
			commands = append(commands, c)
		}
	}
	v.Commands = commands
}

// plainAddress is one that a shell takes as it stands.
var plainAddress = regexp.MustCompile(`^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$`)

// page is the page in the docs: the cause's, or that of the code.
func page(cause string, code api.Code) string {
	if _, ok := api.Causes[api.Cause(cause)]; ok {
		return "docs/errors/" + cause + ".md"
	}
	if code == "" {
		return ""
	}
	return "docs/errors/" + string(code) + ".md"
}

func (s *Story) wentWell() api.Verdict {
	v := api.Verdict{Title: "Nothing was refused", Commands: []string{}}
	v.Text = "This request was answered as asked, and so was every one of the same browser that is still known."
	if last := &s.Rows[len(s.Rows)-1]; kindOf(last) == "login" || kindOf(last) == "second_factor" {
		v.Text += " If the person was not signed in afterwards, ask for the request id of the page that said so:" +
			" a sign-in that is lost shows at the request after it."
	}
	return v
}

// stamp is a moment of a story.
func stamp(t time.Time) string { return t.UTC().Format("15:04:05.000") }
