package config

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
)

// mostSecret bounds a _FILE: a key is short, and a wrong path may be a disk.
const mostSecret = 64 << 10

// readSecretFiles turns each NAME_FILE into the value of NAME. Both forms set is
// a fault, whatever their sources: nobody should have to work out which key
// signs.
func (l *loader) readSecretFiles() {
	for _, s := range table {
		if !s.secret {
			continue
		}
		file := s.name + "_FILE"
		v, ok := l.given[file]
		if !ok {
			continue
		}
		if direct, both := l.given[s.name]; both {
			l.add(bothForms(s.name, file, direct, v))
			continue
		}
		text, err := readSecretFile(v.raw)
		if err != nil {
			l.add(Fault{
				Variable: file, Value: shown(v.raw, false), Origin: v.origin,
				Problem:  "The secret cannot be read from this file: " + reason(err) + ".",
				Expected: "the path of a file that holds the secret and that this user may read",
				Cause:    "secret_file_unreadable",
			})
			l.faulty[s.name] = true
			continue
		}
		origin := "file of " + file + " " + v.raw
		l.given[s.name] = s.secretValue(text, value{origin: origin, layer: v.layer, path: v.raw})
	}
}

// bothForms tells whether the two at least agree: which of them other programs
// read is then of no matter.
func bothForms(name, file string, direct, v value) Fault {
	f := Fault{
		Variable: name, Value: shown(direct.raw, true), Origin: direct.origin,
		Problem:  "Both " + name + " and " + file + " (" + v.origin + ") are set.",
		Expected: "one of the two",
		Cause:    "settings_contradict",
	}
	if held, err := readSecretFile(v.raw); err == nil && held != direct.raw {
		f.Problem += " They differ: the file holds " + strconv.Itoa(len(held)) + " bytes."
		f.Cause = "secret_not_what_file_holds"
	}
	return f
}

// secretValue splits a list by lines, since a key in a file may hold a comma.
func (s setting) secretValue(text string, v value) value {
	v.raw = text
	if s.list {
		for line := range strings.SplitSeq(text, "\n") {
			if line != "" {
				v.items = append(v.items, line)
			}
		}
	}
	return v
}

// readSecretFile drops one newline at the end, which every editor adds, and
// nothing else: further white space is part of the key, and is warned about.
func readSecretFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, mostSecret+1))
	switch {
	case err != nil:
		return "", err
	case len(b) > mostSecret:
		return "", errors.New("it is larger than 64 KiB, so it is not a secret")
	}
	text := strings.TrimSuffix(string(b), "\n")
	if text == "" {
		return "", errors.New("it is empty")
	}
	return text, nil
}
