package faultlab

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// deadPeers are peers that take connections and never say a word, which takes
// the longest to find out.
var deadPeers = map[string]struct {
	change func(t *testing.T, d *deployment)
	causes []api.Cause
}{
	"Valkey is silent": {func(t *testing.T, d *deployment) {
		d.redis, d.env["REDIS_URL"] = nil, "redis://"+silent(t)+"/0"
	}, []api.Cause{"redis_unreachable"}},
	"mail is silent": {func(t *testing.T, d *deployment) {
		d.env["SMTP_URL"] = "smtp://" + silent(t) + "?starttls=none"
	}, []api.Cause{"smtp_unreachable"}},
	"Valkey and mail are silent": {func(t *testing.T, d *deployment) {
		d.redis, d.env["REDIS_URL"] = nil, "redis://"+silent(t)+"/0"
		d.env["SMTP_URL"] = "smtp://" + silent(t) + "?starttls=none"
	}, []api.Cause{"redis_unreachable", "smtp_unreachable"}},
}

// silent is a listener that answers nothing.
func silent(t *testing.T) (address string) {
	t.Helper()
	return fakeRedis(t, map[string]string{"": ""})
}

// TestDeadPeersEndTheExamination: whoever looks gets an answer, and the causes.
func TestDeadPeersEndTheExamination(t *testing.T) {
	for name, dead := range deadPeers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := whole(t)
			dead.change(t, d)
			lasted(t, d.start(t).examine(t), dead.causes)
		})
	}
	t.Run("everything is silent", func(t *testing.T) {
		t.Parallel()
		lasted(t, allSilent(t), []api.Cause{"database_silent"})
	})
}

// allSilent has no peer that speaks: no server can run there.
func allSilent(t *testing.T) api.Diagnosis {
	t.Helper()
	e := whole(t).env
	e["DATABASE_URL"] = "postgres://aiwfe:secret@" + silent(t) + "/aiwfe?sslmode=disable"
	e["REDIS_URL"] = "redis://" + silent(t) + "/0"
	e["SMTP_URL"] = "smtp://" + silent(t) + "?starttls=none"
	e["LISTEN_ADDR"] = silent(t)
	e["PUBLIC_URL"] = "https://localhost" + e["LISTEN_ADDR"][strings.LastIndex(e["LISTEN_ADDR"], ":"):]
	return doctor(t, ground.Unstarted(t, e))
}

// lasted wants all of the causes, and an end. Which one a silent database is
// called, and what else is silent with it, is not the point here.
func lasted(t *testing.T, d api.Diagnosis, causes []api.Cause) {
	t.Helper()
	if causes[0] != "database_silent" {
		expect(t, d, sortedAs(d, causes)...)
	} else if d.Healthy || len(d.Findings) < 3 {
		t.Errorf("three peers are silent, and the doctor finds %d causes", len(d.Findings))
	}
	if d.Seconds > 2*hangs.Seconds() {
		t.Errorf("the examination took %.1f s", d.Seconds)
	}
}

// sortedAs puts the first cause first that was found first: none is the graver.
func sortedAs(d api.Diagnosis, causes []api.Cause) []api.Cause {
	if len(causes) == 2 && len(d.Findings) > 0 && d.Findings[0].Code == causes[1] {
		return []api.Cause{causes[1], causes[0]}
	}
	return causes
}

// TestTableOfTimes measures for docs/doctor.md, with -update; else it holds that
// the page tells what was measured.
func TestTableOfTimes(t *testing.T) {
	if *update {
		text := "| deployment | inside | with `--url` |\n| --- | --- | --- |\n"
		for _, name := range healthyNames() {
			r := healthy[name](t).start(t)
			inside, outside := r.examine(t), r.examine(t, "--url", r.url)
			text += fmt.Sprintf("| %s | %.1f s | %.1f s |\n", name, inside.Seconds, outside.Seconds)
		}
		for _, name := range []string{"Valkey is silent", "mail is silent", "Valkey and mail are silent"} {
			d := whole(t)
			deadPeers[name].change(t, d)
			text += fmt.Sprintf("| the third, %s | %.1f s | |\n", name, d.start(t).examine(t).Seconds)
		}
		text += fmt.Sprintf("| database, Valkey, mail and server silent | %.1f s | |\n", allSilent(t).Seconds)
		replaceSection(t, "times", fmt.Sprintf("Measured on %s.\n\n%s", time.Now().UTC().Format(time.DateOnly), text))
	}
	text := section(t, "times")
	for _, name := range healthyNames() {
		if !strings.Contains(text, "| "+name+" |") {
			t.Errorf("docs/doctor.md has no time of %q", name)
		}
	}
}
