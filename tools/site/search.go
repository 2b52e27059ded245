package main

import (
	"encoding/json"
	"strings"
)

// found is one thing that the search leads to.
type found struct {
	URL   string `json:"u"`
	Page  string `json:"p"`
	Title string `json:"t"`
	Text  string `json:"x"`
}

// most is how much text of one part is searched: beyond it are long tables,
// whose rows have the words of their headings.
const most = 2000

// index is a script and not JSON: a page that was opened from a folder may load
// scripts and nothing else.
func (s *site) index() []byte {
	var all []found
	for _, p := range s.pages {
		for i := range p.heads {
			h := &p.heads[i]
			f := found{URL: p.out, Page: p.title, Title: h.text, Text: strings.Join(strings.Fields(h.words.String()), " ")}
			if h.level > 1 {
				f.URL += "#" + h.id
			}
			if len(f.Text) > most {
				f.Text = strings.ToValidUTF8(f.Text[:most], "")
			}
			all = append(all, f)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings alone
	}
	return append(append([]byte("window.searchIndex = "), text...), ";\n"...)
}
