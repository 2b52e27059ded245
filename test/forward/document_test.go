package forward

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// everywhere are the headers that each answer of the server has.
var everywhere = map[string]bool{
	"Content-Type": true, "Content-Length": true, "Date": true, "Content-Security-Policy": true, "Content-Language": true, "Permissions-Policy": true,
	"Cross-Origin-Opener-Policy": true, "Cross-Origin-Resource-Policy": true, "Referrer-Policy": true, "Strict-Transport-Security": true,
	"X-Content-Type-Options": true, "X-Frame-Options": true,
}

type documented struct {
	Responses map[string]struct {
		Headers map[string]struct{ Required bool }
		Content map[string]any
	}
}

func documentOf(t *testing.T, path string) documented {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "api", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]struct{ Get documented }
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Paths[path].Get
}

// TestTheDocumentTellsOfEveryAnswer: its status, each of its headers and its type.
func TestTheDocumentTellsOfEveryAnswer(t *testing.T) {
	t.Parallel()
	w := direct(t, map[string]string{"POLICY_FILE": rules(t, guarded)})
	cookie := "Cookie: " + w.signedIn(t, "ada", "user").cookie
	front := "Origin: https://front.example.com"
	for path, asks := range map[string][]answer{
		"/api/v1/auth/forward": {
			w.do(t, "GET", authHost, forwardPath, nil, byTraefik("GET", appHost, "/x", cookie)...),
			w.do(t, "GET", authHost, forwardPath, nil, byTraefik("GET", appHost, "/public/x", front)...),
			w.do(t, "GET", authHost, forwardPath, nil, byTraefik("GET", appHost, "/x", page)...),
			w.do(t, "GET", authHost, forwardPath, nil, byTraefik("GET", appHost, "/x", front)...),
			w.do(t, "GET", authHost, forwardPath, nil, "X-Original-URL: https://"+appHost+"/x", "X-Original-Method: GET", page),
			w.do(t, "GET", authHost, forwardPath, nil, byTraefik("GET", appHost, "/admin/x", cookie, page)...),
			w.do(t, "GET", authHost, forwardPath, nil, byTraefik("POST", appHost, "/x", cookie, "Origin: https://evil.example")...),
			w.do(t, "GET", authHost, forwardPath, nil, byTraefik("GET", appHost, "", front)...),
		},
		"/api/v1/auth/ext-authz/{path}": {
			w.do(t, "GET", appHost, "/api/v1/auth/ext-authz/x", nil, "X-Forwarded-Proto: https", cookie),
			w.do(t, "GET", appHost, "/api/v1/auth/ext-authz/x", nil, "X-Forwarded-Proto: https", page),
			w.do(t, "GET", appHost, "/api/v1/auth/ext-authz/admin/x", nil, "X-Forwarded-Proto: https", page, cookie),
			w.do(t, "GET", appHost, "/api/v1/auth/ext-authz/x", nil),
		},
	} {
		doc := documentOf(t, path)
		for i, a := range asks {
			told, ok := doc.Responses[strconv.Itoa(a.status)]
			if !ok {
				t.Errorf("%s, %d: the document has no %d", path, i, a.status)
			}
			for name := range a.header {
				if _, ok := told.Headers[spelled(name)]; !ok && !everywhere[name] {
					t.Errorf("%s, %d: the document has no %s with %d", path, i, name, a.status)
				}
			}
			for name, h := range told.Headers {
				if _, there := a.header[http.CanonicalHeaderKey(name)]; h.Required && !there {
					t.Errorf("%s, %d: %d has no %s", path, i, a.status, name)
				}
			}
			if kind := a.header.Get("Content-Type"); kind != "" && told.Content[kind] == nil && told.Content[kind[:min(len(kind), len("text/html"))]] == nil {
				t.Errorf("%s, %d: %d is %s", path, i, a.status, kind)
			}
		}
	}
}

// spelled is a header as the document writes it.
func spelled(name string) string {
	switch name {
	case "X-Request-Id":
		return "X-Request-ID"
	case "Www-Authenticate":
		return "WWW-Authenticate"
	}
	return name
}
