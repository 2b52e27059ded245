package mail

import (
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/i18n"
)

// view is what the templates show: finished sentences, nothing to decide.
type view struct {
	Lang, Dir string
	Product   string
	PublicURL string
	Shades    shades

	Subject, Title, Greeting, Lead string
	Facts                          []fact
	// More are sentences between the facts and the action.
	More []string
	// Action is the button; nil for none.
	Action *button
	After  []string
	// Alarm is what to do when it was somebody else.
	Alarm       string
	AlarmAction *button
	Sent, Quiet string
}

// fact is a line such as "Device: Firefox on Windows".
type fact struct{ Label, Value string }

// button is a link, and the sentence above its address in full.
type button struct{ Text, URL, Below string }

// Lengths of a stranger's words, in letters.
const (
	maxName   = 60
	maxDevice = 80
	// Of what an operator is told.
	maxHeadline = 120
	maxLine     = 500
)

// words finds the sentences of one letter.
type words struct {
	text    func(lang, key string, pairs ...any) string
	lang    string
	kind    Kind
	product string
}

func (w words) own(end string, pairs ...any) string {
	return w.text(w.lang, "mail."+string(w.kind)+"."+end, append(pairs, "Product", w.product)...)
}

func (w words) common(key string, pairs ...any) string {
	return w.text(w.lang, "mail."+key, append(pairs, "Product", w.product)...)
}

func (c *Composer) view(m Message) view {
	p := plans[m.Kind]
	language := i18n.Of(m.Lang)
	look := c.look.Load()
	w := words{c.o.Text, language.Tag, m.Kind, look.Name}
	v := view{
		Lang: language.Tag, Dir: language.Dir, Product: look.Name, PublicURL: c.o.PublicURL, Shades: shadesOf(look.Accent),
		Subject: w.own("subject"), Title: w.own("title"), Greeting: greeting(w, p, m), Lead: w.own("lead"),
		Facts: facts(w, p, m), Sent: w.common("sent"), Quiet: w.common("quiet"),
	}
	if m.Kind == KindAlert {
		if headline := clip(m.Headline, maxHeadline); headline != "" {
			v.Subject += ": " + headline
		}
		for _, l := range m.Lines {
			v.Facts = append(v.Facts, fact{clip(l.Label, maxHeadline), clip(l.Text, maxLine)})
		}
	}
	if p.left {
		v.More = append(v.More, w.own("left", "n", max(0, m.Left)))
	}
	if m.Link != "" {
		v.Action = action(w, p, m)
	}
	if p.action && m.Life > 0 {
		v.After = append(v.After, life(w, m.Life))
	}
	for _, end := range p.after {
		v.After = append(v.After, w.own(end))
	}
	if p.alarm {
		v.Alarm, v.AlarmAction = alarm(w, m)
	}
	return v
}

// greeting has a name only for somebody who is known to have this mailbox.
func greeting(w words, p plan, m Message) string {
	name := chosen(m.Name, maxName)
	if name == "" || p.unproven {
		return w.common("hello")
	}
	return w.common("hello_name", "Name", name)
}

func action(w words, p plan, m Message) *button {
	b := &button{Text: w.common("open"), URL: m.Link, Below: w.common("below")}
	if p.action {
		b.Text = w.own("action")
	}
	return b
}

func alarm(w words, m Message) (string, *button) {
	if m.Alarm == "" {
		return w.common("alarm.alone"), nil
	}
	return w.common("alarm.lead"), &button{Text: w.common("alarm.action"), URL: m.Alarm, Below: w.common("below")}
}

func facts(w words, p plan, m Message) []fact {
	var all []fact
	add := func(key, value string) {
		if value != "" {
			all = append(all, fact{w.common("fact." + key), value})
		}
	}
	if p.address {
		add("address", m.Address)
	}
	if p.factor {
		add("factor", chosen(m.Factor, maxDevice))
	}
	if p.device {
		add("device", chosen(m.Device, maxDevice))
	}
	if p.place {
		add("ip", network(m.IP))
		// One form for every language and place, without a month to translate.
		add("time", m.At.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return all
}

// life tells in the largest unit that says it exactly.
func life(w words, d time.Duration) string {
	switch minutes := int(d.Round(time.Minute) / time.Minute); {
	case minutes >= 48*60 && minutes%(24*60) == 0:
		return w.common("life.days", "n", minutes/(24*60))
	case minutes >= 60 && minutes%60 == 0:
		return w.common("life.hours", "n", minutes/60)
	default:
		return w.common("life.minutes", "n", max(1, minutes))
	}
}
