package faults

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// The contract's default, and what it promises for many at once: each core may be at one guess more.
const accountLimit = 10

func TestTwoHundredGuessesAtOnceAreEvaluatedTenTimes(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, map[string]string{"LOGIN_LIMIT_ACCOUNT": "10/15m"})
		guessed(t, s, []*ground.Instance{s})
	})
}

func TestGuessesAtTwoNodesCountTogether(t *testing.T) {
	t.Parallel()
	a, b := twoNodes(t, pooled(t), map[string]string{"LOGIN_LIMIT_ACCOUNT": "10/15m"})
	guessed(t, a, []*ground.Instance{a, b})
}

func guessed(t *testing.T, s *ground.Instance, nodes []*ground.Instance) {
	t.Helper()
	owner := newBrowser(t, s)
	person(t, owner, ada)
	signIn(t, owner, ada) // gives this browser its device

	strangers := make([]*caller, 200)
	for i := range strangers {
		strangers[i] = callFrom(nodes[i%len(nodes)], fmt.Sprintf("127.%d.%d.%d", 1+i%3, 1+i/100, 1+i%100))
	}
	atOnce(len(strangers), func(i int) answer { return strangers[i].greet() })
	evaluated, crowded := 0, 0
	for _, a := range atOnce(len(strangers), func(i int) answer {
		return strangers[i].login(ada, "not the plums, number "+strconv.Itoa(i))
	}) {
		switch a.code() {
		case string(api.CodeInvalidCredentials):
			evaluated++
		case string(api.CodeOverloaded): // also decided before the account is looked at
			crowded++
			fallthrough
		default:
			wantLater(t, "one guess too many", a)
		}
	}
	// A busy machine tells most of a crowd to come back; those who do have what is left of the limit.
	for i := 0; evaluated < accountLimit && i < len(strangers); i++ {
		if strangers[i].login(ada, "not the plums, once more "+strconv.Itoa(i)).code() == string(api.CodeInvalidCredentials) {
			evaluated++
		}
	}
	t.Logf("%d evaluated, %d told to come back because of the crowd", evaluated, crowded)
	wrong := 0
	for _, row := range audit(t, s, "--event", "login", "--outcome", "refused", "--email", ada) {
		if row.Reason == "wrong_password" {
			wrong++
		}
	}
	if most := accountLimit + runtime.NumCPU(); wrong != evaluated || wrong < accountLimit || wrong > most {
		t.Errorf("%d guesses were evaluated by the audit and %d by the answers; allowed are %d to %d", wrong, evaluated, accountLimit, most)
	}
	locked(t, s, ada)
	signIn(t, owner, ada) // strangers do not lock the owner's browser out
	locked(t, s, ada)     // and its success opens nothing for strangers
}

// locked expects the right password to be told to come back, from anywhere.
func locked(t *testing.T, s *ground.Instance, spelling string) {
	t.Helper()
	a := callFrom(s, "127.9.9.9").login(spelling, password)
	want(t, fmt.Sprintf("the right password of %q", spelling), a, http.StatusTooManyRequests, api.CodeTooManyAttempts)
	wantLater(t, "it", a)
}

// wantLater expects 429, or 503 of a crowd, with the time to come back.
func wantLater(t *testing.T, what string, a answer) {
	t.Helper()
	if a.code() != string(api.CodeOverloaded) {
		want(t, what, a, http.StatusTooManyRequests, api.CodeTooManyAttempts)
	}
	if after, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || after < 1 {
		t.Errorf("%s has Retry-After %q", what, a.header.Get("Retry-After"))
	}
}

// One person's address, as people and attackers write it.
const unicodeAddress = "zoë.kuhn@bücher.example"

var spellings = []string{
	unicodeAddress,
	"ZOË.KUHN@BÜCHER.EXAMPLE",
	"  zoë.kuhn@bücher.example\t",
	"\u00a0zoë.kuhn@bücher.example\u3000",     // blanks that are no ASCII
	"zoe\u0308.kuhn@bu\u0308cher.example",     // marks of their own (NFD)
	"zoë.kuhn@xn--bcher-kva.example",          // the domain as DNS has it
	"zoë.kuhn@b\uff55\u0308cher\u3002example", // full-width u, ideographic full stop
	"Zoe\u0308.Kuhn@XN--BCHER-KVA.Example",    // several at once
	"\u2003zOË.KUHN@b\u00dccher\uff0eexample", // and some more
	"zoë.KUHN@bücher.EXAMPLE\u2028",           // a line separator at the end
}

func TestEverySpellingOfAnAddressSharesOneCounterAcrossACrash(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, at place) {
		s := serve(t, at, map[string]string{"LOGIN_LIMIT_ACCOUNT": "10/15m"})
		owner := newBrowser(t, s)
		person(t, owner, unicodeAddress)
		signIn(t, owner, unicodeAddress)
		guesser := newCaller(s)
		for i := range accountLimit {
			want(t, "a guess at "+spellings[i%len(spellings)], guesser.login(spellings[i%len(spellings)], "not the plums in there"),
				http.StatusUnauthorized, api.CodeInvalidCredentials)
		}
		for _, spelling := range spellings {
			locked(t, s, spelling)
		}
		s.Kill9()
		s.Start()
		locked(t, s, unicodeAddress)
		signIn(t, owner, unicodeAddress)
	})
}
