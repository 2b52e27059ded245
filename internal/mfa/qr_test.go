package mfa

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"io"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// rasterise paints an SVG of ours as a browser would: one element after the
// other, each rectangle in whole modules. It refuses whatever else is in it.
func rasterise(t *testing.T, svg string) (dark [][]bool, label string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return dark, label
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		a := map[string]string{}
		for _, attr := range e.Attr {
			a[attr.Name.Local] = attr.Value
		}
		switch e.Name.Local {
		case "svg":
			var width, height int
			if _, err := fmt.Sscanf(a["viewBox"], "0 0 %d %d", &width, &height); err != nil || width != height {
				t.Fatalf("viewBox %q: %v", a["viewBox"], err)
			}
			dark = make([][]bool, height)
			for y := range dark {
				dark[y] = make([]bool, width)
			}
			label = a["aria-label"]
			if a["role"] != "img" || a["shape-rendering"] != "crispEdges" {
				t.Errorf("role %q, shape-rendering %q", a["role"], a["shape-rendering"])
			}
		case "rect":
			side := fmt.Sprint(len(dark))
			if a["width"] != side || a["height"] != side || a["fill"] != "#fff" || a["x"]+a["y"] != "" {
				t.Errorf("the ground is not white all over: %v", a)
			}
		case "path":
			if a["fill"] != "#000" {
				t.Errorf("the modules are %q", a["fill"])
			}
			paint(t, dark, a["d"])
		default:
			t.Errorf("an element <%s>", e.Name.Local)
		}
		for name := range a {
			if name == "style" || name == "class" || strings.HasPrefix(name, "on") {
				t.Errorf("an attribute %s", name)
			}
		}
	}
}

func paint(t *testing.T, dark [][]bool, d string) {
	t.Helper()
	for run := range strings.SplitSeq(strings.TrimSuffix(d, "z"), "z") {
		var x, y, width, back int
		_, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &width, &back)
		if err != nil || width < 1 || back != width {
			t.Fatalf("the run %q: %v", run, err)
		}
		if run != fmt.Sprintf("M%d %dh%dv1h-%d", x, y, width, back) {
			t.Fatalf("more in the run %q", run)
		}
		if x > 0 && dark[y][x-1] {
			t.Errorf("the run %q was cut in two", run)
		}
		for i := range width {
			if dark[y][x+i] {
				t.Errorf("painted twice at %d, %d", x+i, y)
			}
			dark[y][x+i] = true
		}
	}
}

func TestQRIsTheLibrarysMatrixWithAQuietZone(t *testing.T) {
	for _, text := range []string{
		URI("AIWFE", "ada@example.com", seed),
		URI("Acme & Söhne", strings.Repeat("ü", 120)+"@example.com", seed), // with version information
		"1", "HELLO",
	} {
		svg, err := QR(text, "x")
		if err != nil {
			t.Fatal(err)
		}
		code, err := qr.Encode(text, qr.M, qr.Unicode)
		if err != nil {
			t.Fatal(err)
		}
		dark, _ := rasterise(t, svg)
		side := code.Bounds().Dx()
		if len(dark) != side+8 {
			t.Fatalf("%d modules have a picture of %d", side, len(dark))
		}
		for y := range dark {
			for x := range dark[y] {
				inside := x >= 4 && y >= 4 && x < 4+side && y < 4+side
				want := inside && code.At(x-4, y-4) == color.Black
				if dark[y][x] != want {
					t.Fatalf("%q at %d, %d: dark is %t", text, x, y, dark[y][x])
				}
			}
		}
	}
}

// The three finders stand where a scanner looks for them, and the format
// information beside them says error correction M (ISO/IEC 18004 table 25).
func TestQRIsUprightAndOfLevelM(t *testing.T) {
	svg, err := QR(URI("AIWFE", "ada@example.com", seed), "x")
	if err != nil {
		t.Fatal(err)
	}
	dark, _ := rasterise(t, svg)
	last := len(dark) - quiet - 1
	finder := []string{"#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"}
	for _, corner := range [][2]int{{quiet, quiet}, {last - 6, quiet}, {quiet, last - 6}} {
		for y, row := range finder {
			for x := range row {
				if dark[corner[1]+y][corner[0]+x] != (row[x] == '#') {
					t.Errorf("the finder at %v is not one", corner)
				}
			}
		}
	}
	// Level M is 00, under the mask 10; both copies begin with it.
	if !dark[quiet+8][quiet] || dark[quiet+8][quiet+1] || !dark[last][quiet+8] || dark[last-1][quiet+8] {
		t.Error("the level is not M")
	}
}

func TestLabelOfAQRCannotLeaveItsAttribute(t *testing.T) {
	const label = `"><script>alert('1')</script>&amp; QR-Code für Ada`
	svg, err := QR("x", label)
	if err != nil {
		t.Fatal(err)
	}
	if _, got := rasterise(t, svg); got != label {
		t.Errorf("the label is %q", got)
	}
	if bytes.Contains([]byte(svg), []byte("<script")) {
		t.Error(svg)
	}
}

func TestTooLongALinkIsAnErrorThatDoesNotRepeatIt(t *testing.T) {
	long := "otpauth://" + strings.Repeat("secret", 500)
	if svg, err := QR(long, "x"); err == nil || svg != "" || strings.Contains(err.Error(), "secret") {
		t.Errorf("%d bytes, %v", len(svg), err)
	}
	if _, err := QR(strings.Repeat("a", 2331), "x"); err != nil {
		t.Error(err)
	}
}
