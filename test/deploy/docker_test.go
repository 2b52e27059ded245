package deploy

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// instruction is one of a Dockerfile: FROM, RUN and so on, with the rest of its line.
type instruction struct{ name, rest string }

// dockerfile reads the lines as a builder does: comments gone, broken lines joined.
func dockerfile(t *testing.T) (all []instruction) {
	t.Helper()
	text := regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(read(t, "docker", "Dockerfile"), "")
	text = regexp.MustCompile(`\s*\\\n\s*`).ReplaceAllString(text, " ")
	for line := range strings.Lines(text) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all = append(all, instruction{name, strings.TrimSpace(rest)})
		}
	}
	return all
}

func one(t *testing.T, all []instruction, name string) string {
	t.Helper()
	var found []string
	for _, i := range all {
		if i.name == name {
			found = append(found, i.rest)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s stands %d times in the last stage: %v", name, len(found), found)
	}
	return found[0]
}

// last is the stage that becomes the image.
func last(all []instruction) []instruction {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].name == "FROM" {
			return all[i:]
		}
	}
	return nil
}

func TestTheImageHoldsNothingItNeedNot(t *testing.T) {
	all := dockerfile(t)
	known := strings.Fields("FROM WORKDIR COPY ARG RUN LABEL ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD")
	for _, i := range all {
		if !slices.Contains(known, i.name) {
			t.Errorf("%s is no instruction that is expected here", i.name)
		}
		if i.name == "FROM" && !regexp.MustCompile(`^(--platform=\S+ )?[\w./-]+:[\w.-]+( AS \w+)?$`).MatchString(i.rest) || strings.Contains(i.rest, ":latest") {
			t.Errorf("FROM %s is pinned to nothing", i.rest)
		}
		if (i.name == "ENV" || i.name == "ARG") && regexp.MustCompile(`(?i)secret|key|password|token|passphrase`).MatchString(i.rest) {
			t.Errorf("%s %s: a secret of a build is read by whoever has the image", i.name, i.rest)
		}
	}
	image := last(all)
	if user := one(t, image, "USER"); !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("USER %s: Kubernetes can tell only from a number that it is not root", user)
	}
	if !strings.Contains(one(t, image, "FROM"), "distroless/static") || one(t, image, "VOLUME") != "/data" || one(t, image, "STOPSIGNAL") != "SIGTERM" {
		t.Errorf("the image is %v", image)
	}
	for _, i := range image {
		if i.name == "RUN" {
			t.Errorf("RUN %s: there is no shell in the image", i.rest)
		}
	}
}

func TestTheImageCallsTheProgramRightly(t *testing.T) {
	s, image := ground.Unstarted(t, nil), last(dockerfile(t))
	words := func(text string) (list []string) {
		if err := json.Unmarshal([]byte(text[strings.IndexByte(text, '['):]), &list); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return list
	}
	health, entry := words(one(t, image, "HEALTHCHECK")), words(one(t, image, "ENTRYPOINT"))
	if len(entry) != 1 || health[0] != entry[0] {
		t.Errorf("the program is %v for the one and %s for the other", entry, health[0])
	}
	isVerb(t, s, health[1:])
	isVerb(t, s, words(one(t, image, "CMD")))
	for setting := range strings.FieldsSeq(one(t, image, "ENV")) {
		name, _, _ := strings.Cut(setting, "=")
		isSetting(t, "Dockerfile", name)
	}
}

// TestTheImageIsBuiltLikeEveryOtherBinary compares with the Makefile.
func TestTheImageIsBuiltLikeEveryOtherBinary(t *testing.T) {
	makefile := read(t, "..", "Makefile")
	for _, i := range dockerfile(t) {
		if i.name != "RUN" || !strings.Contains(i.rest, "go build") {
			continue
		}
		for _, flag := range []string{"CGO_ENABLED=0", "-trimpath", "-s -w -X github.com/aiwfe/aiwfe-auth/internal/version.release="} {
			if !strings.Contains(i.rest, flag) || !strings.Contains(makefile, flag) {
				t.Errorf("%s is not in both: %s", flag, i.rest)
			}
		}
		return
	}
	t.Error("nothing is built")
}
