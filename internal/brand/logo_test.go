package brand

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func svg(inside string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120 40">` + inside + `</svg>`
}

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func webp(t *testing.T, text string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestALogoThatDrawsIsTaken(t *testing.T) {
	for name, one := range map[string]struct {
		body, mime string
		w, h       int
	}{
		"plain SVG":          {svg(`<path d="M0 0h120v40H0z"/>`), "image/svg+xml", 1000, 333},
		"SVG with prolog":    {"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- made by hand -->\n" + svg(`<g/>`), "image/svg+xml", 1000, 333},
		"SVG with style":     {svg(`<style>.a{fill:url(#b)} @media (prefers-color-scheme: dark){.a{fill:#fff}}</style><rect class="a"/>`), "image/svg+xml", 1000, 333},
		"SVG with parts":     {svg(`<defs><linearGradient id="b"/></defs><use href="#c" xlink:href="#c" style="fill:url('#b')"/>`), "image/svg+xml", 1000, 333},
		"SVG with pixels":    {svg(`<image href="data:image/png;base64,iVBORw0KGgo="/>`), "image/svg+xml", 1000, 333},
		"SVG from Inkscape":  {strings.Replace(svg(`<s:namedview pagecolor="#ffffff"/>`), "viewBox", `xmlns:s="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" viewBox`, 1), "image/svg+xml", 1000, 333},
		"SVG with sizes":     {`<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="40mm"/>`, "image/svg+xml", 250, 1000},
		"PNG":                {string(pngOf(t, 30, 20)), "image/png", 30, 20},
		"lossy WebP":         {webp(t, "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"), "image/webp", 1, 1},
		"WebP with a canvas": {"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\x01\x00\x3f\x00\x00", "image/webp", 512, 64},
		"lossless WebP":      {webp(t, "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="), "image/webp", 1, 1},
	} {
		l, err := NewLogo([]byte(one.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if l.Type != one.mime || l.Width != one.w || l.Height != one.h {
			t.Errorf("%s: %s, %d by %d", name, l.Type, l.Width, l.Height)
		}
	}
}

func TestALogoThatCouldDoAnythingIsRefused(t *testing.T) {
	for name, one := range map[string]struct{ body, says string }{
		"script":               {svg(`<script>alert(1)</script>`), "<script>"},
		"script with capitals": {svg(`<SCRIPT>alert(1)</SCRIPT>`), "<SCRIPT>"},
		"script of HTML":       {svg(`<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>`), "<script>"},
		"script among notes":   {svg(`<i:script xmlns:i="http://www.inkscape.org/x">alert(1)</i:script>`), "<script>"},
		"onload":               {strings.Replace(svg(""), "viewBox", `onload="alert(1)" viewBox`, 1), "onload"},
		"onclick":              {svg(`<path onClick="alert(1)"/>`), "onClick"},
		"foreignObject":        {svg(`<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>`), "<foreignObject>"},
		"a link":               {svg(`<a href="#x"><path/></a>`), "<a>"},
		"an animation":         {svg(`<set attributeName="href" to="javascript:alert(1)"/>`), "<set>"},
		"an address":           {svg(`<image href="http://evil.example/x.png"/>`), "http://evil.example"},
		"an old address":       {svg(`<use xlink:href="//evil.example/x.svg#a"/>`), "//evil.example"},
		"a path":               {svg(`<image href="/logout"/>`), "/logout"},
		"an address of a file": {svg(`<image href="file:///etc/passwd"/>`), "file:///etc"},
		"a drawing as data":    {svg(`<image href="data:image/svg+xml;base64,PHN2Zy8+"/>`), "data:image/svg+xml"},
		"javascript":           {svg(`<use href=" javascript:alert(1)"/>`), "javascript:"},
		"a base":               {svg(`<g xml:base="http://evil.example/"/>`), "http://evil.example"},
		"url in a style":       {svg(`<path style="fill:url(http://evil.example/x#a)"/>`), "evil.example"},
		"url in an attribute":  {svg(`<path fill="URL( 'https://evil.example/x#a' )"/>`), "evil.example"},
		"url in a sheet":       {svg(`<style>path{fill:url("//evil.example/x")}</style>`), "evil.example"},
		"import in a sheet":    {svg(`<style><![CDATA[@import "http://evil.example/x.css";]]></style>`), "@import"},
		"a set of images":      {svg(`<style>path{mask:image-set("http://evil.example/x")}</style>`), "image-set("},
		"a hidden address":     {svg(`<style>path{fill:\75 rl(http://evil.example/x)}</style>`), "backslash"},
		"an instruction":       {`<?xml-stylesheet href="http://evil.example/x.css"?>` + svg(""), "xml-stylesheet"},
		"a DOCTYPE":            {`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` + svg(""), "DOCTYPE"},
		"an entity":            {`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + svg(`<text>&a;</text>`), "ENTITY"},
		"an unknown entity":    {svg(`<text>&a;</text>`), "well-formed"},
		"half a drawing":       {`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g>`, "well-formed"},
		"a word and no space":  {`<svg viewBox="0 0 1 1"/>`, "does not begin with"},
		"no size":              {`<svg xmlns="http://www.w3.org/2000/svg" width="100%"/>`, "no viewBox"},
		"no area":              {`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 40"/>`, "no viewBox"},
		"another encoding":     {`<?xml version="1.0" encoding="UTF-16"?>` + svg(""), "UTF-8"},
		"HTML":                 {"<!doctype html><script>alert(1)</script>", "no SVG, PNG or WebP"},
		"HTML named svg":       {"<!doctype html><svg onload=alert(1)>", "no SVG, PNG or WebP"},
		"half a PNG":           {string(pngOf(t, 30, 20)[:40]), "PNG"},
		"a PNG that is HTML":   {"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>", "PNG"},
		"a PNG of a wall":      {string(pngOf(t, 5000, 1)), "5000 by 1"},
		"half a WebP":          {"RIFF\x16\x00\x00\x00WEBPVP8X", "WebP"},
		"another RIFF":         {"RIFF\x16\x00\x00\x00WAVEfmt \x0a\x00\x00\x00\x10\x00\x00\x00\xff\x01\x00\x3f\x00\x00", "no SVG, PNG or WebP"},
		"a GIF":                {"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "no SVG, PNG or WebP"},
		"nothing":              {"", "empty"},
		"too much":             {svg(strings.Repeat(" ", MaxLogo)), "256 KB"},
	} {
		_, err := NewLogo([]byte(one.body))
		if err == nil || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%s: the error is %v, and should speak of %q", name, err, one.says)
		}
	}
}

func TestReadLogoReadsAFileAndNoMoreThanItMay(t *testing.T) {
	folder := t.TempDir()
	if _, err := ReadLogo(filepath.Join(folder, "none.svg")); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := ReadLogo(folder); err == nil {
		t.Error("a folder was read")
	}
	if _, err := ReadLogo("/dev/zero"); err == nil {
		t.Error("a device was read")
	}
	at := filepath.Join(folder, "logo.png") // the name says nothing
	if err := os.WriteFile(at, []byte(svg("")), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := ReadLogo(at); err != nil || l.Type != "image/svg+xml" || len(l.Hash()) != 10 {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestALogoFitsItsBoxAndKeepsItsShape(t *testing.T) {
	for name, one := range map[string]struct {
		logo Logo
		w, h int
	}{
		"a wide drawing":    {Logo{Ext: ".svg", Width: 1000, Height: 100}, 240, 24},
		"a tall drawing":    {Logo{Ext: ".svg", Width: 250, Height: 1000}, 16, 64},
		"a large picture":   {Logo{Ext: ".png", Width: 1280, Height: 640}, 128, 64},
		"a small picture":   {Logo{Ext: ".png", Width: 16, Height: 16}, 16, 16},
		"a line of drawing": {Logo{Ext: ".svg", Width: 1000, Height: 1}, 240, 1},
	} {
		if w, h := one.logo.Fit(240, 64); w != one.w || h != one.h {
			t.Errorf("%s: %d by %d", name, w, h)
		}
	}
}

func TestNamesThatCannotBeSeenAreRefused(t *testing.T) {
	for name, ok := range map[string]bool{
		"aiwfe": true, `<b>&"'`: true, "Müller & Söhne": true, "株式会社": true, "{{.CSRF}}": true, strings.Repeat("ä", 40): true, "کتاب\u200cخانه": true,
		"": false, "  ": false, ":": false, "--": false, strings.Repeat("a", 41): false, "a\nBcc: b@example.com": false, "a\x00": false, "a\x7f": false, "a\u0085": false,
		"a\u202eb": false, "a\u2028b": false, "a\u200bb": false, "\xff": false, "\ufeffa": false,
	} {
		if got := CheckName(name); (got == "") != ok {
			t.Errorf("%q: %q", name, got)
		}
	}
}
