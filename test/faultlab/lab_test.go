package faultlab

import (
	"encoding/json"
	"flag"
	"slices"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

var update = flag.Bool("update", false, "write the table of docs/doctor.md anew")

// injection is one way to bring a fault about.
type injection struct {
	// fault is the class: "D1" to "D25", "G1" to "G5" for those of the incident
	// that this project began with, or a word for the further ones.
	fault string
	// how says what was done, in a few words: "COOKIE_DOMAIN of another site".
	how string
	// cause is what must be found: first, and alone.
	cause api.Cause
	// with are findings that come together with it because they are true of
	// their own; nearly always there are none.
	with []api.Cause
	// examine makes the deployment and lets the doctor look at it.
	examine func(t *testing.T) api.Diagnosis
}

// injections is every one, by area.
func injections() []injection {
	return slices.Concat(
		settingInjections(),
		secretInjections(),
		machineInjections(),
		mailInjections(),
		cacheInjections(),
		proxyInjections(),
		selfTestInjections(),
		reachInjections(),
		fileInjections(),
		poolerInjections(),
		slotInjections(),
		schemaInjections(),
		publicInjections(),
		cookieInjections(),
		corsInjections(),
		loginInjections(),
		chromiumInjections(),
		rowInjections(),
		runningInjections(),
		nodeInjections(),
		restartInjections(),
		applicationInjections(),
		unnamedInjections(),
		protectedInjections(),
		oneClientInjections(),
	)
}

// TestEveryInjectionIsNamed is the lab: each fault alone.
func TestEveryInjectionIsNamed(t *testing.T) {
	for _, i := range chosen(t) {
		t.Run(i.fault+"/"+i.how, func(t *testing.T) {
			t.Parallel()
			expect(t, i.examine(t), append([]api.Cause{i.cause}, i.with...)...)
		})
	}
}

// expect holds a diagnosis against the causes that are there: the first one
// first, the others in any order, and nothing else.
func expect(t *testing.T, d api.Diagnosis, want ...api.Cause) {
	t.Helper()
	var got []api.Cause
	for _, f := range d.Findings {
		got = append(got, f.Code)
	}
	first := len(got) > 0 && len(want) > 0 && got[0] == want[0] || len(want) == 0
	a, b := slices.Clone(got), slices.Clone(want)
	slices.Sort(a)
	slices.Sort(b)
	if !first || !slices.Equal(a, b) || d.Healthy != (len(want) == 0) {
		text, _ := json.MarshalIndent(d, "", "  ")
		t.Errorf("the doctor names %v, and the cause is %v\n%s", got, want, text)
	}
}

// doctor runs "aiwfe-auth doctor --json ARGS" in the environment of a server,
// and holds the exit code against the answer.
func doctor(t *testing.T, s *ground.Instance, args ...string) api.Diagnosis {
	t.Helper()
	res := s.Run(append([]string{"doctor", "--json"}, args...)...)
	return parsed(t, res)
}

func parsed(t *testing.T, res ground.Result) (d api.Diagnosis) {
	t.Helper()
	if err := json.Unmarshal([]byte(res.Stdout), &d); err != nil {
		t.Fatalf("the doctor's answer is no JSON: %v\nstdout: %s\nstderr: %s", err, res.Stdout, res.Stderr)
	}
	if want := map[bool]int{true: 0, false: 1}[d.Healthy]; res.Code != want {
		t.Errorf("exit code %d, want %d", res.Code, want)
	}
	return d
}
