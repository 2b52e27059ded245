package docs

import (
	"regexp"
	"strings"
	"testing"
)

func settings(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, l := range pages(t)["docs/reference/settings.md"].text {
		for _, m := range inline.FindAllStringSubmatch(l.text, -1) {
			if variable.MatchString(m[1]) {
				known[m[1]] = true
			}
		}
	}
	if len(known) < 60 {
		t.Fatalf("the page of settings was read as %d settings", len(known))
	}
	return known
}

var variable = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)

// others are names in capitals that are no settings.
var others = map[string]bool{
	"AIWFE_PROFILE_DIR": true, "SSL_CERT_FILE": true, "IMPORT_DATABASE_URL": true,
	// constants of FastAPI-Users
	"LOGIN_BAD_CREDENTIALS": true, "REGISTER_USER_ALREADY_EXISTS": true, "REGISTER_INVALID_PASSWORD": true,
	"RESET_PASSWORD_BAD_TOKEN": true, "VERIFY_USER_BAD_TOKEN": true, "LOGIN_USER_NOT_VERIFIED": true,
	"VERIFY_USER_ALREADY_VERIFIED": true, "UPDATE_PASSWORD": true, "VERIFY_EMAIL": true,
}

func TestSettingsOfPagesExist(t *testing.T) {
	known, count := settings(t), 0
	for _, p := range pages(t) {
		if p.name == "CHANGELOG.md" {
			continue
		}
		for _, l := range p.text {
			for _, m := range inline.FindAllStringSubmatch(l.text, -1) {
				name, _, _ := strings.Cut(m[1], "=")
				if !variable.MatchString(name) {
					continue
				}
				count++
				if strings.HasPrefix(name, "AIWFE_TEST_") { // switches of long tests
					continue
				}
				if !known[name] && !known[strings.TrimSuffix(name, "_FILE")] && !others[name] {
					t.Errorf("%s:%d: there is no setting %s", p.name, l.number, name)
				}
			}
		}
	}
	if count < 200 {
		t.Errorf("only %d settings were looked at", count)
	}
}
