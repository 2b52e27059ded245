package web

// verdict says in words how things are. What is wrong stands below it, each with the way to it.
func (s *Site) verdict(page *OverviewPage, series Series) VerdictView {
	v := VerdictView{Class: KindSuccess}
	against := func(class, text, href string) {
		v.Reasons = append(v.Reasons, Link{text, href})
		if v.Class != KindDanger {
			v.Class = class
		}
	}
	firing := 0
	class := KindWarning
	for _, a := range page.Alerts {
		if a.Class != KindInfo {
			firing++
		}
		if a.Class == KindDanger {
			class = KindDanger
		}
	}
	if firing > 0 {
		against(class, s.say(page.Base, "overview.reason.alerts", "n", firing), "#alerts")
	}
	if len(page.Findings) > 0 {
		against(page.Findings[0].Class, s.say(page.Base, "overview.reason.findings", "n", len(page.Findings)), "#findings")
	}
	for _, c := range page.Cards {
		if c.Class == KindWarning || c.Class == KindDanger {
			text := s.say(page.Base, "overview.reason.target", "name", c.Title, "value", c.Value, "target", c.Target)
			against(c.Class, text, c.Href)
		}
	}
	for _, f := range page.Facts {
		if f.Class == KindWarning || f.Class == KindDanger {
			text := s.say(page.Base, "overview.reason.fact", "name", f.Label, "value", f.Value, "verdict", f.Verdict)
			against(f.Class, text, "#upkeep")
		}
	}
	nobody := sum(series.points("logins")) == 0 && len(reasons(series)) == 0
	v.Title, v.Text = s.verdictWords(page, v.Class, nobody)
	if nobody && v.Class == KindSuccess {
		v.Class = KindInfo
	}
	return v
}

func (s *Site) verdictWords(page *OverviewPage, class string, nobody bool) (title, text string) {
	switch {
	case class == KindDanger:
		return s.say(page.Base, "overview.bad"), s.say(page.Base, "overview.bad.text")
	case class == KindWarning:
		return s.say(page.Base, "overview.warn"), s.say(page.Base, "overview.warn.text")
	case nobody:
		return s.say(page.Base, "overview.nobody"), s.say(page.Base, "overview.nobody.text")
	}
	return s.say(page.Base, "overview.well"), s.say(page.Base, "overview.well.text")
}
