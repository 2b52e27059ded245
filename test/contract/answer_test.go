package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// answer is what came back.
type answer struct {
	method, path string
	status       int
	header       http.Header
	body         []byte
}

// String is the request and as much of the answer as a failing test should show.
func (a answer) String() string {
	body := strings.TrimSpace(string(a.body))
	if strings.HasPrefix(body, "<") || len(body) > 300 {
		body = body[:min(len(body), 60)] + "..."
	}
	return fmt.Sprintf("%s %s = %d %s", a.method, a.path, a.status, body)
}

// member is a value of the JSON answer by its path, such as user.email.
func (a answer) member(path string) any {
	var at any
	if json.Unmarshal(a.body, &at) != nil {
		return nil
	}
	for _, key := range strings.Split(path, ".") {
		within, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = within[key]
	}
	return at
}

func (a answer) text(path string) string {
	s, _ := a.member(path).(string)
	return s
}

// first is a text of the first of a list.
func (a answer) first(name string) string {
	var list struct{ Items []map[string]any }
	if json.Unmarshal(a.body, &list) != nil || len(list.Items) == 0 {
		return ""
	}
	s, _ := list.Items[0][name].(string)
	return s
}

func (a answer) code() string { return a.text("code") }

// want fails unless the answer has this status and, where one is given, this code.
func (a answer) want(t testing.TB, status int, code string) {
	t.Helper()
	if a.status != status || (code != "" && a.code() != code) {
		t.Errorf("%s; want %d %s", a, status, code)
	}
}

// sessionIDs reads the handles of a list of sessions.
func (a answer) sessionIDs() (all []string) {
	var list struct{ Items []struct{ ID string } }
	_ = json.Unmarshal(a.body, &list)
	for _, s := range list.Items {
		all = append(all, s.ID)
	}
	return all
}
