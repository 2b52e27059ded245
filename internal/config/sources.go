package config

import (
	"slices"
	"strings"
	"time"
)

// Sources is where settings come from. Nothing else is read: a test that fills
// it in has fixed the configuration.
type Sources struct {
	// File is the path of the YAML file; empty for none.
	File string
	// Env is the environment as "K=V", as os.Environ gives it.
	Env []string
	// Flags maps the name of a VARIABLE to what its flag said.
	Flags map[string]string
	// DotEnv is the path of a .env file, read only in development. It may be missing.
	DotEnv string
	// Now is the time for checks of dates; zero means the clock.
	Now time.Time
}

// layer is the weight of a source: a higher one wins.
type layer int

const (
	fromFile layer = iota + 1
	fromDotEnv
	fromEnv
	fromFlag
)

// value is what somebody gave, still as text, with its place.
type value struct {
	raw    string
	items  []string // the parts, when the setting is a list
	origin string
	layer  layer
	path   string // the file the value was read from, when it came by the _FILE form
}

// loader collects what was given and the faults found on the way.
type loader struct {
	c       *Config
	given   map[string]value // by name of the variable, _FILE forms included
	faulty  map[string]bool
	faults  []Fault
	foreign map[string]value // what the environment and .env hold that is not ours
}

// Load reads every source and checks the whole. When something is wrong the
// error is *Faults, and the Config beside it holds what could be read, for the
// doctor; a setting with a fault has its default or nothing.
func Load(src Sources) (*Config, error) {
	l := &loader{
		c:       &Config{origins: map[string]string{}, now: src.Now},
		given:   map[string]value{},
		faulty:  map[string]bool{},
		foreign: map[string]value{},
	}
	for _, name := range []string{src.File, src.DotEnv} {
		if name != "" {
			l.c.files = append(l.c.files, name)
		}
	}
	if l.c.now.IsZero() {
		l.c.now = time.Now()
	}
	l.readYAML(src.File)
	l.readEnv(src.Env)
	l.readFlags(src.Flags)
	l.readDotEnv(src.DotEnv)
	l.readSecretFiles()
	l.keepSecrets()
	l.parse()
	l.check()
	l.nearMisses()
	if len(l.faults) > 0 {
		return l.c, &Faults{List: l.faults}
	}
	return l.c, nil
}

func (l *loader) readEnv(env []string) {
	seen := map[string]bool{}
	for _, kv := range env {
		name, raw, ok := strings.Cut(kv, "=")
		if !ok || seen[name] {
			continue // of a name set twice the first counts, as os.Getenv has it
		}
		seen[name] = true
		l.fromVariables(name, value{raw: raw, origin: "environment", layer: fromEnv})
	}
}

// fromVariables takes a name out of an environment that we share with others:
// an unknown one is only remembered, and an empty one counts as unset.
func (l *loader) fromVariables(name string, v value) {
	switch {
	case v.raw == "":
	case known(name):
		l.give(name, v)
	default:
		l.foreign[name] = v
	}
}

func (l *loader) readFlags(flags map[string]string) {
	names := make([]string, 0, len(flags))
	for name := range flags {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		v := value{raw: flags[name], origin: "flag " + flagName(name), layer: fromFlag}
		s, isFile, ok := lookup(name)
		switch {
		case !ok:
			l.add(Fault{Variable: name, Origin: v.origin, Problem: "There is no setting of this name.", Hint: didYouMean(name), Cause: "setting_unknown"})
		case v.raw == "":
		case s.secret && !isFile && !s.harmlessFlag(v.raw):
			l.add(Fault{
				Variable: name, Value: shown(v.raw, true), Origin: v.origin,
				Problem:  "A secret on the command line can be read by everybody who can list processes.",
				Expected: "the environment variable " + name + ", or " + name + "_FILE with the path of a file",
			})
		default:
			l.give(name, v)
		}
	}
}

func flagName(name string) string {
	return "--" + strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

// give stores a value unless a weightier source was there before.
func (l *loader) give(name string, v value) {
	if old, ok := l.given[name]; ok && old.layer > v.layer {
		return
	}
	if s, isFile, _ := lookup(name); s.list && !isFile && v.items == nil {
		v.items = strings.Split(v.raw, ",")
	}
	l.given[name] = v
}

func (l *loader) add(f Fault) {
	l.faults = append(l.faults, f)
	l.faulty[f.Variable] = true
}

// fault tells of a setting that is wrong by itself or beside another.
func (l *loader) fault(name string, p problem) {
	f := Fault{Variable: name, Origin: notSet, Problem: p.text, Expected: p.expected, Hint: p.hint, Cause: p.cause, Strict: p.strict}
	s, _, _ := lookup(name)
	if v, ok := l.given[name]; ok {
		f.Value, f.Origin = shown(v.raw, s.secret), v.origin
		if quoted(v.raw) && f.Hint == "" {
			f.Hint = "The value begins and ends with a quotation mark; where no shell reads the file, as with docker --env-file, quotes become part of the value."
		}
	} else if o := l.c.origins[name]; o != "" && s.show(l.c) != "" {
		f.Value, f.Origin = s.show(l.c), o
	}
	l.add(f)
}

// sound says whether none of the settings has a fault yet: a comparison with a
// faulty one would only add noise.
func (l *loader) sound(names ...string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return l.faulty[n] })
}

func (l *loader) warn(sentence string) { l.alert(Warning{Text: sentence}) }

// alert is a warning with a name, for what will keep people from signing in.
func (l *loader) alert(w Warning) {
	if v, ok := l.given[w.Variable]; ok && w.Origin == "" {
		w.Origin = v.origin
	}
	l.c.warnings = append(l.c.warnings, w)
}

// isSet says whether somebody gave the setting.
func (l *loader) isSet(name string) bool { _, ok := l.given[name]; return ok }
