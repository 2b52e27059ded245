package deploy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
	"github.com/aiwfe/aiwfe-auth/internal/policy"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// object is what the tests ask of an object of Kubernetes.
type object struct {
	Kind     string
	Metadata struct {
		Name        string
		Annotations map[string]string
	}
	Data map[string]string
	Spec struct {
		Template struct{ Spec pod }
	}
}

type pod struct {
	AutomountServiceAccountToken  *bool `yaml:"automountServiceAccountToken"`
	TerminationGracePeriodSeconds int   `yaml:"terminationGracePeriodSeconds"`
	SecurityContext               struct {
		RunAsNonRoot   bool              `yaml:"runAsNonRoot"`
		RunAsUser      int               `yaml:"runAsUser"`
		SeccompProfile map[string]string `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	TopologySpreadConstraints []any       `yaml:"topologySpreadConstraints"`
	InitContainers            []container `yaml:"initContainers"`
	Containers                []container
}

type container struct {
	Name            string
	Args            []string
	Env             []struct{ Name, Value string }
	LivenessProbe   probe `yaml:"livenessProbe"`
	ReadinessProbe  probe `yaml:"readinessProbe"`
	SecurityContext struct {
		AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
		ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
		Capabilities             struct{ Drop []string }
	} `yaml:"securityContext"`
}

type probe struct {
	HTTPGet struct{ Path string } `yaml:"httpGet"`
}

// objects are what helm made of the chart, by `make charts`; helm is no program of the tests.
func objects(t *testing.T, values string) []object {
	t.Helper()
	text := read(t, "..", "test", "deploy", "testdata", "helm-"+values+".yaml")
	if !strings.Contains(text, chartSum(t)) {
		t.Fatalf("testdata/helm-%s.yaml was made of another chart; run: make charts", values)
	}
	d := yaml.NewDecoder(strings.NewReader(text))
	var all []object
	for {
		var o object
		if err := d.Decode(&o); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
}

// chartSum is what `find . -type f | sort | xargs sha256sum | sha256sum` says in the folder of the chart.
func chartSum(t *testing.T) string {
	t.Helper()
	root, err := ground.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	chart := os.DirFS(filepath.Join(root, "deploy", "helm", "aiwfe-auth"))
	var lines []string
	err = fs.WalkDir(chart, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(chart, path)
		lines = append(lines, fmt.Sprintf("./%s\x00%x  ./%s\n", path, sha256.Sum256(text), path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines) // by path
	sum := sha256.New()
	for _, l := range lines {
		_, line, _ := strings.Cut(l, "\x00")
		_, _ = io.WriteString(sum, line)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func TestTheChartMakesWhatItIsFor(t *testing.T) {
	for values, want := range map[string]string{
		"production": "ConfigMap Deployment HorizontalPodAutoscaler Ingress Job NetworkPolicy PodDisruptionBudget Service ServiceAccount ServiceMonitor",
		"sqlite":     "Deployment NetworkPolicy PersistentVolumeClaim Service ServiceAccount",
	} {
		var kinds []string
		for _, o := range objects(t, values) {
			kinds = append(kinds, o.Kind)
			if text := o.Data["policy.yaml"]; o.Kind == "ConfigMap" {
				if _, wrong := policy.Parse([]byte(text)); len(wrong) > 0 {
					t.Errorf("the policy of the example is wrong: %v", wrong)
				}
				if _, err := brand.NewLogo([]byte(o.Data["logo.svg"])); err != nil {
					t.Errorf("the logo of the example is refused: %v", err)
				}
			}
			if o.Kind == "Job" && !strings.Contains(o.Metadata.Annotations["helm.sh/hook"], "pre-upgrade") {
				t.Error("the migration does not run before an upgrade")
			}
		}
		slices.Sort(kinds)
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s makes\n%s\nand not\n%s", values, got, want)
		}
	}
}

// TestPodsAreRestricted is Kubernetes' own standard of that name, and a root folder that cannot be written.
func TestPodsAreRestricted(t *testing.T) {
	program := ground.Unstarted(t, nil)
	for _, values := range []string{"production", "sqlite"} {
		for _, o := range objects(t, values) {
			if o.Kind != "Deployment" && o.Kind != "Job" {
				continue
			}
			p, where := o.Spec.Template.Spec, values+": "+o.Kind
			if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken || !p.SecurityContext.RunAsNonRoot ||
				p.SecurityContext.RunAsUser == 0 || p.SecurityContext.SeccompProfile["type"] != "RuntimeDefault" {
				t.Errorf("%s: %+v", where, p.SecurityContext)
			}
			for _, c := range append(p.InitContainers, p.Containers...) {
				s := c.SecurityContext
				if s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
					t.Errorf("%s: %s: %+v", where, c.Name, s)
				}
				isVerb(t, program, c.Args)
				for _, v := range c.Env {
					isSetting(t, where, v.Name)
				}
			}
		}
	}
}

// TestProbesLookWhereTheyShould: a database that is away must take a node out of service, and not have it restarted.
func TestProbesLookWhereTheyShould(t *testing.T) {
	for _, o := range objects(t, "production") {
		if o.Kind != "Deployment" {
			continue
		}
		p := o.Spec.Template.Spec
		live, ready := p.Containers[0].LivenessProbe.HTTPGet.Path, p.Containers[0].ReadinessProbe.HTTPGet.Path
		if live != "/api/health/live" || ready != "/api/health/ready" || len(p.TopologySpreadConstraints) != 2 {
			t.Errorf("liveness asks %q, readiness %q, spread %v", live, ready, p.TopologySpreadConstraints)
		}
		// SHUTDOWN_DELAY of the values, and what the server itself takes at most.
		if p.TerminationGracePeriodSeconds < 10+20+5 {
			t.Errorf("the pod is killed after %d s", p.TerminationGracePeriodSeconds)
		}
	}
}

// TestTheChartTakesNoSecretAsAValue: what is in values is in the release, in the pod's description and in Git.
func TestTheChartTakesNoSecretAsAValue(t *testing.T) {
	schema := read(t, "helm", "aiwfe-auth", "values.schema.json")
	for _, f := range secretSettings() {
		if !strings.Contains(schema, `"`+f+`"`) {
			t.Errorf("values.schema.json allows %s among the settings", f)
		}
	}
}
