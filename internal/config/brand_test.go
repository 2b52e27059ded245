package config

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>`

func TestTheLookIsReadWhole(t *testing.T) {
	if got := mustLoad(t, Sources{}).Look(); got != brand.Default() {
		t.Errorf("without a setting: %+v", got)
	}
	light, dark := write(t, "logo.svg", drawing), write(t, "dark.svg", strings.Replace(drawing, "0 0 2 1", "0 0 1 1", 1))
	c := mustLoad(t, Sources{Env: []string{`PRODUCT_NAME= <b>&"' `, "LOGO_FILE=" + light, "LOGO_DARK_FILE=" + dark, "ACCENT_COLOR=#FFCC00"}})
	l := c.Look()
	if l.Name != `<b>&"'` || l.Accent.String() != "#ffcc00" || l.Logo.Width != 1000 || l.Logo.Height != 500 || l.Dark.Height != 1000 {
		t.Errorf("%+v", l)
	}
	if files := c.Files(); !slices.Contains(files, light) || !slices.Contains(files, dark) {
		t.Errorf("the pictures are not watched: %v", files)
	}
}

func TestALookThatCannotBeShownIsRefused(t *testing.T) {
	evil := write(t, "evil.svg", strings.Replace(drawing, "<path", `<script>alert(1)</script><path`, 1))
	huge := write(t, "huge.svg", drawing+strings.Repeat(" ", brand.MaxLogo))
	page := write(t, "logo.png", "<!doctype html><p>x")
	for name, row := range map[string]struct{ env, variable, says string }{
		"a long name":           {"PRODUCT_NAME=" + strings.Repeat("a", 41), "PRODUCT_NAME", "41 characters"},
		"a name of two lines":   {"PRODUCT_NAME=a\nBcc: b@example.com", "PRODUCT_NAME", "line break"},
		"a colour by name":      {"ACCENT_COLOR=red", "ACCENT_COLOR", "#rrggbb"},
		"a colour and more":     {"ACCENT_COLOR=#2f50d8;}body{display:none", "ACCENT_COLOR", "#rrggbb"},
		"a script":              {"LOGO_FILE=" + evil, "LOGO_FILE", "it has an element <script>"},
		"a page":                {"LOGO_FILE=" + page, "LOGO_FILE", "no SVG, PNG or WebP"},
		"too much":              {"LOGO_FILE=" + huge, "LOGO_FILE", "256 KB"},
		"no file":               {"LOGO_FILE=" + huge + ".none", "LOGO_FILE", "no such file"},
		"a folder":              {"LOGO_FILE=" + t.TempDir(), "LOGO_FILE", "no regular file"},
		"a script in the dark":  {"LOGO_DARK_FILE=" + evil, "LOGO_DARK_FILE", "<script>"},
		"a logo for the dark":   {"LOGO_DARK_FILE=testdata/logo.svg", "LOGO_FILE", "LOGO_DARK_FILE is set"},
		"a file without rights": {"LOGO_FILE=" + closed(t), "LOGO_FILE", "picture cannot be used"},
	} {
		_, err := load(Sources{Env: []string{row.env}})
		f, ok := errors.AsType[*Faults](err)
		if !ok || len(f.List) != 1 || !f.Has(row.variable) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// closed is a path that not even root can read: one through a file.
func closed(t *testing.T) string {
	t.Helper()
	return write(t, "file", "x") + "/logo.svg"
}

// Another picture under the same name is something new.
func TestAChangedPictureIsAChange(t *testing.T) {
	at := write(t, "logo.svg", drawing)
	env := []string{"LOGO_FILE=" + at}
	running := mustLoad(t, Sources{Env: env})
	if changed := mustLoad(t, Sources{Env: env}).Changed(running); len(changed) > 0 {
		t.Errorf("nothing was changed but %v", changed)
	}
	if err := os.WriteFile(at, []byte(strings.Replace(drawing, "h2", "h1", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if changed := mustLoad(t, Sources{Env: env}).Changed(running); !slices.Equal(changed, []string{"LOGO_FILE"}) {
		t.Errorf("changed are %v", changed)
	}
}
