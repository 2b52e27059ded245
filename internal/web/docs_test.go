package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

func TestDocsPageLosesNothing(t *testing.T) {
	field := api.Member{Name: "email", Type: "text", In: "query", Required: true, Text: "The address."}
	got := NewDocsPage(api.Document{
		Intro: "Intro.", Server: "https://auth.example.com", SpecHref: "/openapi.json",
		Groups: []api.Group{{Anchor: "a", Name: "Sign in", Text: "Text.", Operations: []api.Operation{{
			ID: "login", Method: "POST", Path: "/login", Summary: "Sign in", Text: "More.", Access: "Open.",
			Parameters: []api.Member{field}, Request: []api.Member{field}, RequestExample: "{}",
			Responses: []api.Response{{Status: 200, Text: "OK", Fields: []api.Member{field}, Example: "{}"}},
			Errors:    []api.ErrorRef{{Status: 401, Code: api.CodeTokenInvalid, Title: "No."}},
		}}}},
	})
	shown := DocsField{Name: "email", Type: "text", In: "query", Required: true, Text: "The address."}
	want := DocsPage{
		Intro: "Intro.", Server: "https://auth.example.com", SpecHref: "/openapi.json",
		Groups: []DocsGroup{{Anchor: "a", Name: "Sign in", Text: "Text.", Operations: []DocsOperation{{
			ID: "login", Method: "POST", Path: "/login", Summary: "Sign in", Text: "More.", Access: "Open.",
			Parameters: []DocsField{shown}, Request: []DocsField{shown}, RequestExample: "{}",
			Responses: []DocsResponse{{Status: 200, Text: "OK", Fields: []DocsField{shown}, Example: "{}"}},
			Errors:    []DocsError{{Status: 401, Code: "token_invalid", Title: "No."}},
		}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
