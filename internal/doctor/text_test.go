package doctor

import (
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

func TestTextSaysWhatToDoWithinTheWidth(t *testing.T) {
	d := api.Diagnosis{
		Subject: "https://auth.example.com", Seconds: 1.25,
		Checks: []api.DoctorCheck{{Check: "config", State: api.CheckFailed}, {Check: "public", State: api.CheckBlocked, Said: "waits"}},
		Findings: []api.Finding{{
			Code: "config_invalid", Severity: api.Critical, Title: "A setting cannot be used",
			Cause: strings.Repeat("It is long. ", 30), Evidence: "first line\nsecond line", Remedy: "COOKIE_DOMAIN=example.com",
			Blocks: []string{"public"},
		}},
		Notes: []api.Note{{Code: "no_mail", Text: "There is no mail server."}},
	}
	var b strings.Builder
	Write(&b, d)
	WriteChecks(&b, d)
	text := b.String()
	for _, want := range []string{
		"https://auth.example.com\n2 checks in 1.2 s: 0 passed, 1 failed, 1 blocked\n",
		"\n1. A setting cannot be used\n   config_invalid · critical\n",
		"   Evidence  first line\n             second line\n", "   Remedy    COOKIE_DOMAIN=example.com\n", "   Blocks    public\n",
		"   More      aiwfe-auth explain config_invalid\n", "\nNotes\n   There is no mail server.\n", "blocked  public",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "people can sign in") {
		t.Error("it calls a deployment with a finding healthy")
	}
	for line := range strings.Lines(text) {
		if len([]rune(line)) > width+1 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}

// A word longer than a line, such as a URL, is not cut.
func TestTextKeepsLongWordsWhole(t *testing.T) {
	var b strings.Builder
	wrap(&b, "   Remedy    ", strings.Repeat("x", 150)+" end")
	if want := "   Remedy    " + strings.Repeat("x", 150) + "\n             end\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

func TestHealthyTextIsShort(t *testing.T) {
	var b strings.Builder
	Write(&b, api.Diagnosis{Healthy: true, Subject: "x", Checks: []api.DoctorCheck{{Check: "server_running", State: api.CheckPassed}}})
	if want := "x\n1 check in 0.0 s: 1 passed\n\nNo cause was found: people can sign in.\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

// What nobody looked at is not called well.
func TestTextPromisesNothingOfAServerThatWasNotAsked(t *testing.T) {
	var b strings.Builder
	Write(&b, api.Diagnosis{Healthy: true, Checks: []api.DoctorCheck{{Check: "server_running", State: api.CheckSkipped}}})
	if strings.Contains(b.String(), "people can sign in.") || !strings.Contains(b.String(), "No cause was found.") {
		t.Errorf("got %q", b.String())
	}
}
