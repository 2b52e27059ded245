package gateway

import (
	"fmt"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/account"
	"github.com/aiwfe/aiwfe-auth/internal/login"
	"github.com/aiwfe/aiwfe-auth/internal/session"
)

func TestNobodyTakesTheRoomOfTheOthers(t *testing.T) {
	person := func(id string) *login.Person {
		return &login.Person{Session: &session.Session{ID: "ses_" + id, User: account.User{ID: account.ID(id)}}}
	}
	for _, tt := range []struct {
		name string
		most int
		// who comes, so many times; the last of them once more.
		who  []*login.Person
		each int
		want string
	}{
		{"any number", 0, []*login.Person{person("1")}, 5000, ""},
		{"a person below its share", 1000, []*login.Person{person("1")}, 249, ""},
		{"a person at its share", 1000, []*login.Person{person("1")}, 250, "too_many_open"},
		{"another person", 1000, []*login.Person{person("1"), person("2")}, 249, ""},
		{"the least share", 100, []*login.Person{person("1")}, 64, "too_many_open"},
		{"strangers at their half", 1000, []*login.Person{nil}, 500, "gateway_full"},
		{"strangers below it", 1000, []*login.Person{nil}, 499, ""},
		{"everything is taken", 1000, []*login.Person{person("1"), person("2"), person("3"), person("4"), person("5")}, 200, "gateway_full"},
	} {
		l := NewLasting(LastingOptions{Most: tt.most})
		var under []*trip
		for range tt.each {
			for _, who := range tt.who {
				one := &trip{person: who}
				if full := l.add(one, l.heard()); full != "" {
					t.Fatalf("%s: full at %d: %s", tt.name, len(under), full)
				}
				under = append(under, one)
			}
		}
		last := &trip{person: tt.who[len(tt.who)-1]}
		if got := l.add(last, l.heard()); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		} else if got == "" {
			under = append(under, last)
		}
		for _, one := range under {
			l.remove(one)
		}
		if left := fmt.Sprint(l.total, len(l.held)); left != "0 0" {
			t.Errorf("%s: %s are left", tt.name, left)
		}
	}
}
