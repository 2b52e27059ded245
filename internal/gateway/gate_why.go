package gateway

import "fmt"

// why tells the operator which rule refused what, in the log and in explain. The
// path is not in it: those of applications may hold secrets.
func (p Passage) why(ask Ask) error {
	d := p.Decision
	at := ask.Place.Method + " at " + ask.Place.Host
	switch {
	case d.Reason == "":
		return fmt.Errorf("%s: who asks could not be found out", at)
	case d.Rule == nil:
		return fmt.Errorf("%s: %s", at, d.Detail)
	case d.Rule.Line == 0:
		return fmt.Errorf("%s: by the rule %q: %s", at, d.Rule.Name, d.Detail)
	}
	return fmt.Errorf("%s: by the rule %q in line %d of POLICY_FILE: %s", at, d.Rule.Name, d.Rule.Line, d.Detail)
}
