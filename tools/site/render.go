package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// render makes the body of each page. HTML within the Markdown is kept: it is
// our own, and holds anchors.
func (s *site) render() error {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe()))
	for _, p := range s.pages {
		ids := &slugs{seen: map[string]int{}}
		tree := md.Parser().Parse(text.NewReader(p.text), parser.WithContext(parser.NewContext(parser.WithIDs(ids))))
		if err := s.walk(p, tree); err != nil {
			return err
		}
		var b bytes.Buffer
		if err := md.Renderer().Render(&b, p.text, tree); err != nil {
			return err
		}
		// Wide tables scroll by themselves, so that the page never does.
		p.body = strings.NewReplacer("<table>", `<div class="wide" tabindex="0"><table>`, "</table>", "</table></div>",
			"<pre>", `<pre tabindex="0">`).Replace(b.String())
	}
	return nil
}

// walk turns links to where they lead in the site, and gathers headings and the
// words below them.
func (s *site) walk(p *page, tree ast.Node) error {
	return ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if t, ok := n.(*ast.Text); n.Type() == ast.TypeBlock || ok && t.SoftLineBreak() {
			defer p.say(" ") // a word may be of several nodes, and ends with none of them
		}
		var err error
		switch n := n.(type) {
		case *ast.Heading:
			id, _ := n.AttributeString("id")
			raw, _ := id.([]byte)
			p.heads = append(p.heads, heading{level: n.Level, id: string(raw), text: words(n, p.text)})
		case *ast.Link:
			n.Destination, err = s.turn(p, n.Destination)
		case *ast.Image:
			n.Destination, err = s.turn(p, n.Destination)
			n.SetAttributeString("loading", "lazy")
		case *ast.Text:
			if n.Parent().Kind() != ast.KindHeading {
				p.say(string(n.Value(p.text)))
			}
		case *ast.FencedCodeBlock:
			p.say(string(n.Lines().Value(p.text)))
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", p.source, err)
		}
		return ast.WalkContinue, err
	})
}

func (p *page) say(text string) {
	if len(p.heads) > 0 {
		p.heads[len(p.heads)-1].words.WriteString(text)
	}
}

// words is the text within a node.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
