package doctor

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/api"
)

// find is a check that fails for a cause of the real catalogue.
func find(name string, code api.Cause, needs ...string) Check {
	return Check{Name: name, Title: name, Needs: needs, Run: func(_ context.Context, r *Result) {
		r.Find(api.Finding{Code: code, Evidence: "seen by " + name})
	}}
}

func pass(name string, needs ...string) Check {
	return Check{Name: name, Title: name, Needs: needs, Run: func(context.Context, *Result) {}}
}

func skip(name string, needs ...string) Check {
	return Check{Name: name, Title: name, Needs: needs, Run: func(_ context.Context, r *Result) { r.Skip("there is none") }}
}

func states(d api.Diagnosis) map[string]string {
	all := map[string]string{}
	for _, c := range d.Checks {
		all[c.Check] = c.State
	}
	return all
}

func codes(d api.Diagnosis) (list []api.Cause) {
	for _, f := range d.Findings {
		list = append(list, f.Code)
	}
	return list
}

func TestWhatHangsOnAFailedCheckIsBlocked(t *testing.T) {
	d := Diagnose(t.Context(), "test", []Check{
		pass("a"), find("b", "config_invalid", "a"), pass("c", "b"), pass("d", "c"), pass("e", "a"), pass("f", "unknown_here"),
	})
	want := map[string]string{"a": "passed", "b": "failed", "c": "blocked", "d": "blocked", "e": "passed", "f": "passed"}
	if diff := cmp.Diff(want, states(d)); diff != "" {
		t.Error(diff)
	}
	if d.Healthy || len(d.Findings) != 1 {
		t.Fatalf("got %+v", d)
	}
	if diff := cmp.Diff([]string{"c", "d"}, d.Findings[0].Blocks); diff != "" {
		t.Error(diff)
	}
	for _, b := range d.Blocked {
		if diff := cmp.Diff([]string{"config_invalid"}, b.WaitsFor); diff != "" {
			t.Errorf("%s: %s", b.Check, diff)
		}
	}
}

func TestOneThatNeedsTwoFailedOnesWaitsForBoth(t *testing.T) {
	d := Diagnose(t.Context(), "test", []Check{
		find("a", "config_invalid"), find("b", "cannot_look"), pass("c", "a", "b"),
	})
	if len(d.Findings) != 2 || len(d.Blocked) != 1 {
		t.Fatalf("got %+v", d)
	}
	if diff := cmp.Diff([]string{"cannot_look", "config_invalid"}, d.Blocked[0].WaitsFor); diff != "" {
		t.Error(diff)
	}
	for _, f := range d.Findings {
		if diff := cmp.Diff([]string{"c"}, f.Blocks); diff != "" {
			t.Errorf("%s: %s", f.Code, diff)
		}
	}
}

func TestWhatDoesNotApplyTakesItsFollowersAlong(t *testing.T) {
	d := Diagnose(t.Context(), "test", []Check{skip("pooler"), pass("mode", "pooler"), pass("schema")})
	want := map[string]string{"pooler": "skipped", "mode": "skipped", "schema": "passed"}
	if diff := cmp.Diff(want, states(d)); diff != "" {
		t.Error(diff)
	}
	if !d.Healthy {
		t.Errorf("got %+v", d.Findings)
	}
}

// Two checks that come upon one cause from two sides give one finding, and two
// places give two.
func TestOneCauseAtOnePlaceIsOneFinding(t *testing.T) {
	at := func(name, setting string) Check {
		return Check{Name: name, Run: func(_ context.Context, r *Result) {
			r.Find(api.Finding{Code: "config_invalid", Setting: setting, Evidence: "seen by " + name})
		}}
	}
	d := Diagnose(t.Context(), "test", []Check{at("a", "X"), at("b", "X"), at("c", "Y"), at("d", "")})
	if len(d.Findings) != 2 {
		t.Fatalf("got %+v", d.Findings)
	}
	if want := "seen by a\nseen by b\nseen by d"; d.Findings[0].Evidence != want {
		t.Errorf("evidence %q, want %q", d.Findings[0].Evidence, want)
	}
}

// The server that does not run is worth telling when nothing else was found.
func TestTheLastCauseStandsBackBehindOthers(t *testing.T) {
	alone := Diagnose(t.Context(), "test", []Check{find("server", "server_not_running"), pass("public", "server")})
	if diff := cmp.Diff([]api.Cause{"server_not_running"}, codes(alone)); diff != "" {
		t.Error(diff)
	}
	both := Diagnose(t.Context(), "test", []Check{find("server", "server_not_running"), find("config", "config_invalid"), pass("public", "server")})
	if diff := cmp.Diff([]api.Cause{"config_invalid"}, codes(both)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"server_not_running"}, both.Findings[0].Blocks); diff != "" {
		t.Error(diff)
	}
}

func TestADoctorThatFallsDoesNotCallAnybodyHealthy(t *testing.T) {
	d := Diagnose(t.Context(), "test", []Check{
		{Name: "a", Run: func(context.Context, *Result) { panic("a fault of the doctor") }},
		{Name: "b", Run: func(_ context.Context, r *Result) { r.Unable("the moon", errors.New("it is cloudy")) }},
	})
	if diff := cmp.Diff([]api.Cause{"cannot_look"}, codes(d)); diff != "" || d.Healthy {
		t.Error(diff, d.Healthy)
	}
}

// A check that waits for a dead peer is told to end, and the others do not wait
// for it.
func TestChecksRunBesideEachOtherAndAreBounded(t *testing.T) {
	met := make(chan struct{})
	d := Diagnose(t.Context(), "test", []Check{
		{Name: "slow", Limit: time.Minute, Run: func(ctx context.Context, _ *Result) {
			select {
			case <-met:
			case <-ctx.Done():
				t.Error("the other check did not run meanwhile")
			}
		}},
		{Name: "other", Run: func(context.Context, *Result) { close(met) }},
		{Name: "dead", Limit: time.Millisecond, Run: func(ctx context.Context, r *Result) {
			<-ctx.Done()
			r.Find(api.Finding{Code: "config_invalid"})
		}},
	})
	if len(d.Findings) != 1 {
		t.Errorf("got %+v", d.Findings)
	}
}

func TestACauseOutsideTheCatalogueIsAFaultOfTheDoctor(t *testing.T) {
	d := Diagnose(t.Context(), "test", []Check{find("a", "no_such_cause")})
	if diff := cmp.Diff([]api.Cause{"cannot_look"}, codes(d)); diff != "" {
		t.Error(diff)
	}
}
