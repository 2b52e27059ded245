package mail

import (
	"strings"
	"testing"
)

func TestPlainLetterIsTextAndEscapedHTML(t *testing.T) {
	c := composer(t, newBox(t))
	l, err := c.Plain(KindMaintenance, "ops@example.com", "Daily maintenance: nothing to do", "ok   <b>Pool</b>\n")
	if err != nil {
		t.Fatal(err)
	}
	e, err := open(c.o.Sealer, l)
	if err != nil || e.Kind != KindMaintenance || e.To != "ops@example.com" || !strings.HasPrefix(e.Text, "ok   <b>Pool</b>\n") ||
		!strings.Contains(e.HTML, "&lt;b&gt;Pool") || strings.Contains(e.HTML, "<b>") {
		t.Errorf("the letter is %v %q %q, %v", e, e.Text, e.HTML, err)
	}
	for _, wrong := range []struct{ to, subject string }{
		{"a@example.com, b@example.com", "x"}, {"", "x"}, {"a@example.com", ""}, {"a@example.com", "x\r\nBcc: b@example.com"},
	} {
		if _, err := c.Plain(KindMaintenance, wrong.to, wrong.subject, "text"); err == nil {
			t.Errorf("%q %q is a letter", wrong.to, wrong.subject)
		}
	}
}
