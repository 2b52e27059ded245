package web

// card is how one of the guide's four figures is judged over the span that is shown.
type card struct {
	chart, series, title string
	// over makes one figure of many.
	over func(Series) *float64
}

// cards are the guide's: how many get in, how long that takes, how full the pool is, how fast answers are. The success
// is of all sign-ins in the span; of times the mean of each step's, by its sign-ins; of the pool the highest, since one
// moment without a connection is what people feel.
var cards = []card{
	{"success", "login_success_ratio", "overview.card.success", func(s Series) *float64 {
		return mean(s.points("login_success_ratio"), s.attempts())
	}},
	{"login-time", "login_p95_seconds", "overview.card.login", func(s Series) *float64 {
		return mean(s.points("login_p95_seconds"), s.points("logins"))
	}},
	{"pool", "pool_use_ratio", "overview.card.pool", func(s Series) *float64 {
		v, _ := worst(s.points("pool_use_ratio"), false)
		return v
	}},
	{"response", "response_p95_seconds", "overview.card.response", func(s Series) *float64 {
		return mean(s.points("response_p95_seconds"), nil)
	}},
}

func (s *Site) cards(n numbers, series Series) []CardView {
	var out []CardView
	for _, c := range cards {
		kind := chartOf(c.chart)
		v := CardView{Title: n.w.Text(c.title), Href: "#" + c.chart, Target: n.target(kind, series)}
		value := c.over(series)
		v.Value = n.text(value, kind.unit)
		if far, at := worst(series.points(c.series), kind.least); far != nil {
			v.Worst = n.w.Text("overview.worst", "value", n.text(far, kind.unit), "time", stepTime(series, at))
		}
		v.Class, v.Verdict = n.judge(c, kind, series, value)
		out = append(out, v)
	}
	return out
}

// badSuccess is the success below which something is broken, and not only short of its target: the guide's threshold.
const badSuccess = 0.95

// judge compares with the target. What holds over the whole span may have ceased to a while ago: a long span must not
// cover up what is wrong now.
func (n numbers) judge(c card, kind chart, s Series, value *float64) (class, words string) {
	target, ok := s.Targets[kind.target]
	if !ok || value == nil {
		return "", n.w.Text("overview.none")
	}
	lately := c.over(s.last(max(3, len(s.At)/10)))
	switch {
	case kind.least && lately != nil && *lately < badSuccess:
		return KindDanger, n.w.Text("overview.missed.now")
	case missed(*value, target, kind.least):
		return KindWarning, n.w.Text("overview.missed")
	case lately != nil && missed(*lately, target, kind.least):
		return KindWarning, n.w.Text("overview.missed.now")
	}
	return KindSuccess, n.w.Text("overview.met")
}

// missed says whether a value is on the wrong side of its target.
func missed(v, target float64, least bool) bool {
	if least {
		return v < target
	}
	return v > target
}

func chartOf(id string) chart {
	for _, c := range charts {
		if c.id == id {
			return c
		}
	}
	return chart{}
}

// target is a target in words; "" where there is none.
func (n numbers) target(c chart, s Series) string {
	t, ok := s.Targets[c.target]
	switch {
	case !ok:
		return ""
	case c.least:
		return n.w.Text("overview.target.least", "value", n.goal(t, c.unit))
	}
	return n.w.Text("overview.target.most", "value", n.goal(t, c.unit))
}

// stepTime is when a step began, as short as the span allows.
func stepTime(s Series, i int) string {
	at := s.moments()[i]
	if s.Range == "1h" || s.Range == "24h" {
		return at.Format("15:04")
	}
	return at.Format("01-02 15:04")
}
