package config

import "strings"

// parse turns text into fields. Given values come first, in table order, so
// that a default that depends on another setting (LISTEN_ADDR on ENVIRONMENT,
// PUBLIC_URL on LISTEN_ADDR) finds it ready.
func (l *loader) parse() {
	if !l.isSet("ENVIRONMENT") {
		l.c.Environment = Development
	}
	l.c.explicit = l.isSet("ENVIRONMENT")
	for _, s := range table {
		v, ok := l.given[s.name]
		if !ok || l.faulty[s.name] {
			continue
		}
		if !s.secret {
			v = v.trimmed()
		}
		l.c.origins[s.name] = v.origin
		if p := s.parse(l.c, v); p != nil {
			l.fault(s.name, *p)
		}
	}
	for _, s := range table {
		if !l.isSet(s.name) || l.faulty[s.name] {
			l.fallBack(s)
		}
	}
}

// fallBack fills in the default. A faulty setting gets the fixed ones only:
// what is derived from others would look as if somebody had meant it. A faulty
// ENVIRONMENT gets none: development would be the unsafe guess.
func (l *loader) fallBack(s setting) {
	if s.name == "ENVIRONMENT" && l.isSet(s.name) {
		return
	}
	raw, origin := s.def, "default"
	if s.derive != nil && !l.faulty[s.name] {
		raw, origin = s.derive(l.c)
	}
	if !l.isSet(s.name) {
		l.c.origins[s.name] = origin
	}
	if raw == "" {
		return
	}
	if p := s.parse(l.c, value{raw: raw, items: strings.Split(raw, ",")}); p != nil {
		// The defaults are ours; a test parses them all.
		l.fault(s.name, *p)
	}
}

// trimmed drops the white space around a value and its parts, which no setting
// but a secret can mean.
func (v value) trimmed() value {
	v.raw = strings.TrimSpace(v.raw)
	var items []string
	for _, one := range v.items {
		if one = strings.TrimSpace(one); one != "" {
			items = append(items, one)
		}
	}
	v.items = items
	return v
}
