package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// readDotEnv reads KEY=VALUE lines, in development only: a .env left behind on a
// server must not decide anything there. It weighs less than the environment
// and more than the YAML file.
func (l *loader) readDotEnv(path string) {
	if path == "" {
		return
	}
	if v, ok := l.given["ENVIRONMENT"]; ok && strings.TrimSpace(v.raw) != string(Development) {
		return
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.add(Fault{Variable: ".env", Value: shown(path, false), Origin: "file " + path, Problem: "The file is there but cannot be read: " + reason(err) + "."})
		return
	}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		place := fmt.Sprintf("file %s:%d", path, i+1)
		name, raw, p := dotEnvLine(line)
		if p != nil {
			l.add(Fault{Variable: ".env", Origin: place, Problem: p.text, Expected: "NAME=value"})
			continue
		}
		if name == "ENVIRONMENT" && raw != "" && raw != string(Development) {
			// Had it been obeyed, the file would not have been read.
			l.add(Fault{
				Variable: name, Value: shown(raw, false), Origin: place,
				Problem:  "A .env file is read in development only, so it cannot choose another environment.",
				Expected: "ENVIRONMENT in the real environment, on the command line or in the --config file",
				Cause:    "environment_mismatch",
			})
			continue
		}
		l.fromVariables(name, value{raw: raw, origin: place, layer: fromDotEnv})
	}
}

// dotEnvLine reads one line: an optional export, quotes of either kind (escapes
// only in double ones), a comment after a space. Nothing is expanded: a $ in a
// password is a $. The problem never shows the line.
func dotEnvLine(line string) (name, raw string, p *problem) {
	line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
	name, raw, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" || strings.ContainsAny(name, " \t'\"") {
		return "", "", &problem{text: "The line has not the form NAME=value."}
	}
	raw = strings.TrimSpace(raw)
	if raw == "" || raw[0] != '"' && raw[0] != '\'' {
		if i := strings.Index(raw, " #"); i >= 0 {
			raw = strings.TrimSpace(raw[:i])
		}
		return name, raw, nil
	}
	quote := raw[0]
	var b strings.Builder
	for i := 1; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == quote:
			if rest := strings.TrimSpace(raw[i+1:]); rest != "" && rest[0] != '#' {
				return "", "", &problem{text: "Something follows the closing quotation mark."}
			}
			return name, b.String(), nil
		case c == '\\' && quote == '"' && i+1 < len(raw):
			i++
			if raw[i] == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(raw[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", "", &problem{text: "The closing quotation mark is missing."}
}
