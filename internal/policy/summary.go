package policy

import "strings"

// String is the stable name of a verdict.
func (v Verdict) String() string {
	switch v {
	case Allow:
		return "allowed"
	case SignIn:
		return "sign_in"
	case StepUp:
		return "step_up"
	}
	return "refused"
}

// Summary is the answer in one sentence.
func (t Trial) Summary() string {
	in := t.open()
	switch d := t.Decision; {
	case t.Allowed && len(t.Ways) == 0:
		return "Allowed, without signing in."
	case t.Allowed && len(in) == len(t.Ways) && len(in) > 1:
		return "Allowed, however this person signs in."
	case t.Allowed:
		return "Allowed " + either(in) + "."
	case len(t.After) > 0:
		return "Refused as it is; allowed " + either(t.After) + "."
	case d.Verdict == SignIn:
		return "Refused until somebody signs in."
	case d.Verdict == StepUp && d.Reason == ReasonProof && d.Rule.Proof == PhishingResistant:
		return "Refused, since there is no way in by a passkey or a security key here: the person adds one at /account and signs in with it."
	case d.Verdict == StepUp && d.Reason == ReasonProof:
		return "Refused, since there is no way in by a second factor here: the person adds one at /account and signs in with it."
	case d.Verdict == StepUp:
		return "Refused until the person proves once more who it is."
	}
	return "Refused."
}

// open are the ways that lead in: after a passkey, with the token “nightly”.
func (t Trial) open() (list []string) {
	for _, w := range t.Ways {
		switch {
		case w.Decision.Verdict != Allow:
		case w.Way.Now:
			list = append(list, "with "+w.Way.Name)
		default:
			list = append(list, "after "+w.Way.Name)
		}
	}
	return list
}

// Mends notes what would lead in where this trial, of one session, does not.
func (t *Trial) Mends(all Trial) {
	for _, w := range all.Ways {
		if w.Decision.Verdict == Allow && !w.Way.Now {
			t.After = append(t.After, "after "+w.Way.Name)
		}
	}
}

func either(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}
