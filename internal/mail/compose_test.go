package mail

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	htmlparser "golang.org/x/net/html"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// key is a sentence that no language has.
var key = regexp.MustCompile(`mail\.[a-z]`)

func TestEveryKindIsWrittenInWholeSentences(t *testing.T) {
	c := composer(t, newBox(t))
	if len(Kinds()) != len(plans) {
		t.Fatalf("%d kinds are listed, %d have a plan", len(Kinds()), len(plans))
	}
	for _, k := range Kinds() {
		for _, m := range []Message{full(k), bare(k)} {
			e, err := c.Envelope(m)
			if err != nil {
				t.Fatalf("%s: %v", k, err)
			}
			for _, part := range []string{e.Subject, e.Text, e.HTML} {
				if part == "" || key.MatchString(part) || strings.Contains(part, "<no value>") || strings.Contains(part, "{{") {
					t.Errorf("%s has a part that is not finished:\n%s", k, part)
				}
			}
			if !strings.Contains(e.Subject, "Example") || strings.Contains(e.Text, "\n\n\n") || strings.Contains(e.Text, "<") {
				t.Errorf("%s reads badly:\n%s\n%s", k, e.Subject, e.Text)
			}
		}
	}
}

// bare is a message with nothing but what its kind needs.
func bare(k Kind) Message {
	m := Message{Kind: k, To: "ada@example.org"}
	if plans[k].action {
		m.Link = link
	}
	return m
}

func TestLinksStandOnTheirOwnLineAndInTheButton(t *testing.T) {
	c := composer(t, newBox(t))
	for _, k := range Kinds() {
		m := full(k)
		e, err := c.Envelope(m)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		if m.Link != "" {
			want = append(want, m.Link)
		}
		if plans[k].alarm {
			want = append(want, m.Alarm)
		}
		if got := links(e.Text); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the text has the links %v, want %v", k, got, want)
		}
		targets := hrefs(t, e.HTML)
		for _, l := range want {
			if targets[l] != 2 {
				t.Errorf("%s: %s is a target %d times, want the button and the line below", k, l, targets[l])
			}
			if !strings.Contains(html.UnescapeString(e.HTML), ">"+l+"</a>") {
				t.Errorf("%s: %s cannot be read in full", k, l)
			}
		}
		if len(targets) != len(want)+1 { // and the footer's
			t.Errorf("%s: links %v", k, targets)
		}
	}
}

// hrefs counts the targets of a page, and refuses whatever would be fetched
// from elsewhere or run.
func hrefs(t *testing.T, page string) map[string]int {
	t.Helper()
	all := map[string]int{}
	z := htmlparser.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case htmlparser.ErrorToken:
			if z.Err() != io.EOF {
				t.Fatal(z.Err())
			}
			return all
		case htmlparser.StartTagToken, htmlparser.SelfClosingTagToken:
			tag := z.Token()
			switch tag.Data {
			case "img", "script", "link", "iframe", "form", "object", "svg", "video":
				t.Errorf("a letter has <%s>", tag.Data)
			}
			for _, a := range tag.Attr {
				switch {
				case a.Key == "href":
					all[a.Val]++
				case a.Key == "src" || strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "url("):
					t.Errorf("a letter has %s=%q", a.Key, a.Val)
				}
			}
		}
	}
}

func TestStrangersWordsStayWords(t *testing.T) {
	c := composer(t, newBox(t))
	for name, want := range map[string]string{
		"Ada":                          "Ada",
		"<script>alert(1)</script>":    "<script>alert(1)< script>",
		"Ada\r\nBcc: x@evil.example":   "Ada Bcc x evil. example", // no mail program makes a link of it
		"see https://evil.example now": "see https evil. example now",
		"evil．example":                 "evil． example",
		"A\u202eda\u0000\u200b":        "Ada",
		"J.R.R. Tolkien":               "J. R. R. Tolkien",
		"{{.Link}}":                    "{{. Link}}",
		strings.Repeat("x", 500):       strings.Repeat("x", 59) + "…",
		strings.Repeat("\u0300", 9999): strings.Repeat("\u0300", 59) + "…",
		"\xff\xfeAda":                  "Ada",
	} {
		m := full(KindFactorAdded)
		m.Name, m.Device, m.Factor = name, name, name
		e, err := c.Envelope(m)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(e.Text, "\nHello "+want+",\n") {
			t.Errorf("name %q:\n%s", name, e.Text)
		}
		if strings.Contains(e.HTML, "<script") || !strings.Contains(html.UnescapeString(e.HTML), "Hello "+want+",") {
			t.Errorf("name %q:\n%s", name, e.HTML)
		}
		if e.Subject != "A sign-in method was added to your Example account" {
			t.Errorf("name %q: subject %q", name, e.Subject)
		}
	}
}

func TestLetterToAnUnprovenAddressHasNoStrangersWords(t *testing.T) {
	c := composer(t, newBox(t))
	for _, k := range []Kind{KindVerify, KindKnown, KindEmailConfirm, KindInvitation} {
		m := full(k)
		m.Name, m.Device, m.Factor = "You won, call us", "You won, call us", "You won, call us"
		e, err := c.Envelope(m)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(e.Subject+e.Text+e.HTML, "You won") {
			t.Errorf("%s carries a stranger's words to anybody", k)
		}
	}
}

func TestLinkThatLeadsElsewhereIsRefused(t *testing.T) {
	c := composer(t, newBox(t))
	for _, l := range []string{
		"", "https://evil.example/verify", "http://auth.example.com/verify", "https://auth.example.com.evil.example/x",
		"https://auth.example.com@evil.example/x", "https://auth.example.com:8443/x", "//auth.example.com/x", "/x",
		"javascript:alert(1)", public + "/x y", public + "/x\r\nhttps://evil.example", public + "/\u202ex", public + `\@evil.example`,
		public + "/a/../../x", "https://AUTH.example.com/x",
	} {
		m := full(KindReset)
		m.Link = l
		if _, err := c.Compose(m); err == nil {
			t.Errorf("link %q was taken", l)
		} else if l != "" && strings.Contains(err.Error(), l) {
			t.Errorf("the error quotes the link: %v", err)
		}
		m = full(KindNewDevice)
		m.Alarm = l
		if _, err := c.Compose(m); (err == nil) != (l == "") {
			t.Errorf("alarm %q: %v", l, err)
		}
	}
	o := c.o
	o.PublicURL = "https://example.com/auth/"
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	for l, good := range map[string]bool{
		"https://example.com/auth/reset?token=x": true, "https://example.com/auth": true,
		"https://example.com/authority": false, "https://example.com/": false, "https://example.com/auth/%2e%2e/x": false,
	} {
		m := full(KindReset)
		m.Link, m.Alarm = l, ""
		if _, err := c.Compose(m); (err == nil) != good {
			t.Errorf("below a path: %q: %v", l, err)
		}
	}
}

var notOne = []string{
	"", "a", "@example.com", "a@", "a@x, b@x", "a@x,b@x", "a@x;b@x", "<a@x> b", "<a@x>", "Ada <a@x>", `"a b"@x`, `"a@evil"@x`, "a@b@x",
	"a@x\r\nBcc: b@x", "a@x\nRCPT TO:<b@x>", "a\x00@x", "a@x\x00", " a@x", "a@x ", "a@x\t", "a@x\u2028", "a\u202e@x", "a@[127.0.0.1]", "a(c)@x",
	"a@x\r", "g: a@x;", strings.Repeat("a", 250) + "@example.com", "\xff@x",
}

func TestOnlyOnePlainAddressIsTaken(t *testing.T) {
	c := composer(t, newBox(t))
	for _, to := range notOne {
		m := full(KindTest)
		m.To = to
		if _, err := c.Compose(m); err == nil {
			t.Errorf("to %q was taken", to)
		}
		m = full(KindEmailNotice)
		m.Address = to
		if _, err := c.Compose(m); (err == nil) != (to == "") {
			t.Errorf("new address %q: %v", to, err)
		}
	}
	for _, to := range []string{"a@x", "o'neil+tag@mail.example.com", "ünï@example.com", "a.b_c-d@localhost"} {
		if _, err := c.Compose(Message{Kind: KindTest, To: to}); err != nil {
			t.Errorf("to %q: %v", to, err)
		}
	}
}

func TestSealedLetterShowsNothingAndOpensOnlyAsItself(t *testing.T) {
	s := newBox(t)
	c := composer(t, s)
	first, err := c.Compose(full(KindReset))
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Compose(full(KindReset))
	if err != nil {
		t.Fatal(err)
	}
	for _, open := range []string{"mXb3v9sQ1nY7", "ada", "example", "password"} {
		if bytes.Contains(first.Sealed, []byte(open)) {
			t.Errorf("%q lies open", open)
		}
	}
	e, err := open(s, first)
	if err != nil || !strings.Contains(e.Text, link) || e.To != "ada@example.org" || !e.Until.Equal(noon.Add(time.Hour)) {
		t.Fatalf("opened: %v, %v", e, err)
	}
	if first.ID == second.ID {
		t.Fatal("two letters have one id")
	}
	first.ID, second.ID = second.ID, first.ID
	if _, err := open(s, first); err == nil {
		t.Error("a letter opens under another's id")
	}
	first.ID, second.ID = second.ID, first.ID
	turned, renamed := first, first
	turned.To, renamed.Kind = "eve@evil.example", KindTest
	for _, l := range []Letter{turned, renamed} {
		if _, err := open(s, l); !hopeless(err) {
			t.Errorf("a letter turned to another mailbox or kind: %v", err)
		}
	}
}

func TestLettersDoNotPrintThemselves(t *testing.T) {
	e, err := composer(t, newBox(t)).Envelope(full(KindReset))
	if err != nil {
		t.Fatal(err)
	}
	log, page := newLog()
	log.Info("x", "letter", e, "message", full(KindReset))
	said := page.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		said += fmt.Sprintf(verb+verb, e, full(KindReset))
	}
	if strings.Contains(said, "mXb3v9sQ1nY7") || strings.Contains(said, "ada@") || !strings.Contains(said, "a***@example.org") {
		t.Errorf("printed: %s", said)
	}
}

func TestLifeOfALinkIsToldInItsLargestUnit(t *testing.T) {
	c := composer(t, newBox(t))
	for life, want := range map[time.Duration]string{
		time.Second: "1 minute.", time.Minute: "1 minute.", 90 * time.Minute: "90 minutes.", time.Hour: "1 hour.",
		24 * time.Hour: "24 hours.", 48 * time.Hour: "2 days.", 7 * 24 * time.Hour: "7 days.",
	} {
		m := full(KindVerify)
		m.Life = life
		if e, err := c.Envelope(m); err != nil || !strings.Contains(e.Text, "The link works once, for "+want+"\n") {
			t.Errorf("%s: %v\n%s", life, err, e.Text)
		}
	}
}

func TestLetterStandsInTheDirectionOfItsLanguage(t *testing.T) {
	c := composer(t, newBox(t))
	for _, l := range append(i18n.Languages, i18n.Language{Tag: "xx"}) {
		m := full(KindCodeUsed)
		m.Lang = l.Tag
		e, err := c.Envelope(m)
		want := i18n.Of(l.Tag)
		if err != nil || !strings.Contains(e.HTML, fmt.Sprintf(`<html lang="%s" dir="%s">`, want.Tag, want.Dir)) {
			t.Errorf("%s: %v", l.Tag, err)
		}
	}
}

func TestComposerRefusesWhatIsMissing(t *testing.T) {
	good := composer(t, newBox(t)).o
	for name, spoil := range map[string]func(*Options){
		"no text": func(o *Options) { o.Text = nil }, "no sealer": func(o *Options) { o.Sealer = nil },
		"no clock": func(o *Options) { o.Now = nil }, "no product": func(o *Options) { o.Look.Name = "" },
		"product of two lines": func(o *Options) { o.Look.Name = "a\nBcc: b@x" }, "no URL": func(o *Options) { o.PublicURL = "" },
		"not a URL": func(o *Options) { o.PublicURL = "auth.example.com" }, "another scheme": func(o *Options) { o.PublicURL = "ftp://x" },
	} {
		o := good
		spoil(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := composer(t, newBox(t)).Compose(Message{Kind: "poem", To: "a@x"}); err == nil {
		t.Error("an unknown kind was taken")
	}
}

// Whatever a stranger calls itself, a letter has its own lines and links only.
func FuzzStrangersWords(f *testing.F) {
	for _, seed := range []string{"Ada", "a.b", "http://x", "<b>", "\r\n-- \r\n", "\u202e", "{{", "\xff", "。x"} {
		f.Add(seed)
	}
	c := composer(f, newBox(f))
	plain, err := c.Envelope(full(KindFactorAdded))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, words string) {
		m := full(KindFactorAdded)
		m.Name, m.Device, m.Factor = words, words, words
		e, err := c.Envelope(m)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(links(e.Text)) != fmt.Sprint(links(plain.Text)) || e.Subject != plain.Subject {
			t.Errorf("%q changes links or subject:\n%s", words, e.Text)
		}
		if strings.Count(e.HTML, "<") != strings.Count(plain.HTML, "<") && chosen(words, maxName) != "" && chosen(words, maxDevice) != "" {
			t.Errorf("%q makes another page", words)
		}
	})
}

// What is one address stays one command and one header line.
func FuzzAddress(f *testing.F) {
	for _, seed := range append(notOne, "ada@example.org", "ü@x") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if one(s) == nil && (strings.ContainsAny(s, "\r\n\x00<>, \t\"") || strings.Count(s, "@") != 1) {
			t.Errorf("%q is taken for one address", s)
		}
		if m := Mask(s); strings.ContainsAny(m, "\r\n\x00") {
			t.Errorf("mask %q", m)
		}
	})
}
