package brand

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const svgSpace = "http://www.w3.org/2000/svg"

// drawing is every element that a logo is made of. What is not in this list runs,
// moves, loads or carries other languages, and none of it belongs into a logo.
const drawing = " svg g defs symbol use title desc metadata style " +
	"path rect circle ellipse line polyline polygon text tspan textPath image " +
	"clipPath mask pattern marker linearGradient radialGradient stop filter switch view " +
	"feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap " +
	"feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology " +
	"feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence "

// notes are the namespaces in which programs for drawing leave their notes. Browsers
// do nothing with them.
var notes = []string{
	"http://www.inkscape.org/", "http://sodipodi.sourceforge.net/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	"http://creativecommons.org/ns#", "http://web.resource.org/cc/", "http://purl.org/dc/", "http://ns.adobe.com/",
	"http://www.bohemiancoding.com/sketch/", "http://www.serif.com/", "http://www.figma.com/", "https://boxy-svg.com",
}

// looksLikeSVG tells XML from anything else; judgeSVG says the rest.
func looksLikeSVG(body []byte) bool {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	for _, begin := range []string{"<?xml", "<svg", "<!--", "<!DOCTYPE svg", "<!doctype svg", "<!ENTITY"} {
		if bytes.HasPrefix(body, []byte(begin)) {
			return bytes.Contains(body, []byte("<svg")) || bytes.Contains(body, []byte(":svg"))
		}
	}
	return false
}

// judgeSVG refuses a drawing that would do or load anything, and gives its size. The
// page shows it as a picture, in which nothing runs, and it is served with a policy
// that lets nothing run; that there is nothing to run is the third lock.
func judgeSVG(body []byte) (w, h int, err error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	depth, styles := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, 0, brokenXML(d, err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return 0, 0, errors.New("it has a DOCTYPE or an ENTITY, which can bring in anything; take these lines out")
		case xml.ProcInst:
			if t.Target != "xml" {
				return 0, 0, fmt.Errorf("it has an instruction <?%.20s, which a drawing does not need", t.Target)
			}
		case xml.StartElement:
			if depth == 0 {
				if t.Name != (xml.Name{Space: svgSpace, Local: "svg"}) {
					return 0, 0, errors.New(`it does not begin with <svg xmlns="` + svgSpace + `">`)
				}
				if w, h, err = sizeOfSVG(t); err != nil {
					return 0, 0, err
				}
			}
			if err := judgeElement(t); err != nil {
				return 0, 0, err
			}
			depth++
			if t.Name.Local == "style" {
				styles++
			}
		case xml.EndElement:
			depth--
			if t.Name.Local == "style" {
				styles--
			}
		case xml.CharData:
			if styles > 0 {
				if err := judgeStyle(string(t)); err != nil {
					return 0, 0, err
				}
			}
		}
	}
	if w == 0 {
		return 0, 0, errors.New("it holds no drawing")
	}
	return w, h, nil
}

func brokenXML(d *xml.Decoder, err error) error {
	line, _ := d.InputPos()
	if s, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return fmt.Errorf("it is not well-formed XML: line %d: %s", s.Line, s.Msg)
	}
	return fmt.Errorf("it cannot be read as XML in UTF-8: line %d: %w", line, err)
}

func judgeElement(e xml.StartElement) error {
	name := e.Name.Local
	ours := e.Name.Space == svgSpace && strings.Contains(drawing, " "+name+" ")
	note := slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(e.Name.Space, n) })
	if !ours && !note || strings.EqualFold(name, "script") {
		return fmt.Errorf("it has an element <%.40s>, "+
			"and only what draws is allowed: no script, no foreign content, no animation", name)
	}
	for _, a := range e.Attr {
		if err := judgeAttribute(name, a); err != nil {
			return err
		}
	}
	return nil
}
