package trace

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Word explains a name: an error code, a cause of the doctor, or one of the
// causes and reasons of an attempt.
func Word(name string) (api.Explained, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	x := api.Explained{ID: name, Kind: api.ExplainedCause, Steps: []api.Step{}}
	v := &x.Verdict
	v.Cause, v.Docs, v.Commands = name, page(name, ""), []string{}
	if info, ok := api.Causes[api.Cause(name)]; ok {
		v.Title, v.Text, v.Remedy = info.Title, info.Meaning, info.Remedy
		v.Commands = append(v.Commands, info.Commands...)
		return x, true
	}
	if info, ok := api.Explanations[api.Code(name)]; ok {
		x.Kind = api.ExplainedCode
		v.Code, v.Cause, v.Docs = api.Code(name), "", page("", api.Code(name))
		v.Title, v.Text, v.Remedy = api.Codes[v.Code].Title, info.Meaning, info.Operator
		v.Commands = append(v.Commands, info.Commands...)
		return x, true
	}
	w, ok := causes[name]
	if !ok {
		if w, ok = reasons[name]; !ok {
			w, ok = gateReasons[name]
		}
		if !ok {
			return x, false
		}
		v.Reason = name
	}
	v.Title, v.Text, v.Remedy = or(w.title, strings.ReplaceAll(name, "_", " ")), w.text, w.remedy
	v.Commands = append(v.Commands, w.commands...)
	return x, true
}
