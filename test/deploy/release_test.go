package deploy

import (
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// release is what the tests ask of .goreleaser.yaml.
type release struct {
	Version int
	Builds  []struct {
		Env, Flags, Ldflags, Goos, Goarch []string
		ModTimestamp                      string `yaml:"mod_timestamp"`
	}
	Checksum        struct{ Algorithm string }
	Sboms           []struct{ Args []string }
	Signs           []struct{ Cmd, Artifacts string }
	Dockers         []struct{ Dockerfile string }
	DockerManifests []struct {
		ImageTemplates []string `yaml:"image_templates"`
	} `yaml:"docker_manifests"`
	Nfpms []struct {
		Formats  []string
		Scripts  map[string]string
		Contents []struct{ Src, Dst, Type string }
	}
}

func TestAReleaseIsBuiltLikeEveryOtherBinary(t *testing.T) {
	var r release
	if err := yaml.Unmarshal([]byte(read(t, "..", ".goreleaser.yaml")), &r); err != nil {
		t.Fatal(err)
	}
	makefile := read(t, "..", "Makefile")
	if r.Version != 2 || len(r.Builds) != 1 || r.Builds[0].ModTimestamp == "" {
		t.Fatalf("%+v", r)
	}
	b := r.Builds[0]
	ldflags, _, _ := strings.Cut(b.Ldflags[0], "{{")
	for _, flag := range []string{b.Env[0], b.Flags[0], ldflags} {
		if !strings.Contains(makefile, flag) {
			t.Errorf("%q is not how `make build` builds", flag)
		}
	}
	if r.Checksum.Algorithm != "sha256" || len(r.Sboms) != 1 || len(r.Signs) != 1 || r.Signs[0].Artifacts != "checksum" || len(r.DockerManifests) != 1 {
		t.Errorf("a release lacks checksums, a bill of materials, a signature or a manifest: %+v", r)
	}
	if len(r.DockerManifests[0].ImageTemplates) != len(r.Dockers) {
		t.Error("the manifest does not name each image")
	}
}

// TestPackagesAreTheSameEitherWay: `make packages` and a release put the same files in the same places.
func TestPackagesAreTheSameEitherWay(t *testing.T) {
	var r release
	if err := yaml.Unmarshal([]byte(read(t, "..", ".goreleaser.yaml")), &r); err != nil {
		t.Fatal(err)
	}
	var n struct {
		Contents []struct{ Src, Dst, Type string }
		Scripts  map[string]string
	}
	if err := yaml.Unmarshal([]byte(read(t, "package", "nfpm.yaml")), &n); err != nil {
		t.Fatal(err)
	}
	for _, c := range n.Contents {
		found := false
		for _, o := range r.Nfpms[0].Contents {
			found = found || o.Type == c.Type && strings.HasPrefix(o.Dst, c.Dst)
		}
		if !found {
			t.Errorf("a release does not pack %s (%s)", c.Dst, c.Type)
		}
	}
	for name, script := range n.Scripts {
		if r.Nfpms[0].Scripts[name] != script {
			t.Errorf("%s is %q in a release and %q in a package", name, r.Nfpms[0].Scripts[name], script)
		}
	}
}

// TestNoPackageStartsOrEnablesAnything: a server that nobody has configured is not to run.
func TestNoPackageStartsOrEnablesAnything(t *testing.T) {
	bad := regexp.MustCompile(`systemctl (--\S+ )*(start|enable|unmask|preset)\b|deb-systemd-helper enable`)
	for _, name := range []string{"postinstall.sh", "preremove.sh", "postremove.sh"} {
		text := read(t, "package", name)
		if bad.MatchString(text) || strings.Contains(text, "rm -r") {
			t.Errorf("%s starts, enables or deletes something:\n%s", name, text)
		}
		if !strings.HasPrefix(text, "#!/bin/sh\n") || !strings.Contains(text, "set -eu") {
			t.Errorf("%s goes on after a fault", name)
		}
	}
}

// TestTheTwoImagesAreTheSame: but for where the program comes from.
func TestTheTwoImagesAreTheSame(t *testing.T) {
	settings := func(file string) string {
		var kept []string
		for line := range strings.Lines(read(t, "docker", file)) {
			if regexp.MustCompile(`^(ENV|USER|WORKDIR /data|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD|FROM gcr)`).MatchString(line) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	if one, two := settings("Dockerfile"), settings("Dockerfile.release"); one != two || strings.Count(one, "\n") < 10 {
		t.Errorf("Dockerfile:\n%s\nDockerfile.release:\n%s", one, two)
	}
}

func TestWorkflowsCallTargetsThatExist(t *testing.T) {
	makefile := read(t, "..", "Makefile")
	for _, name := range []string{"ci.yml", "release.yml"} {
		text := read(t, "..", ".github", "workflows", name)
		var v struct{ Jobs map[string]any }
		if err := yaml.Unmarshal([]byte(text), &v); err != nil || len(v.Jobs) < 2 {
			t.Errorf("%s: %v", name, err)
		}
		for _, m := range regexp.MustCompile(`(?m)run: .*?\bmake ([a-z-]+)`).FindAllStringSubmatch(text, -1) {
			if !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s calls make %s, and there is no such target", name, m[1])
			}
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s gives the rights of the repository to strangers", name)
		}
	}
}
