package web

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// others are the files that we did not write: those of the npm package uplot 1.6.32, byte for byte. To renew them:
// `npm pack uplot@VERSION`, then dist/uPlot.iife.min.js, dist/uPlot.min.css, LICENSE and these sums.
var others = map[string]string{
	"uplot.js":          "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
	"uplot.css":         "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
	"uplot-license.txt": "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
}

func TestFilesOfOthersAreAsTheyWerePublished(t *testing.T) {
	for name, want := range others {
		body, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s was changed: its sum is %x", name, sum)
		}
	}
}

// What few pages need is asked for by those alone.
func TestChartsAreLoadedOnTheOverviewAlone(t *testing.T) {
	for name, source := range sources(t) {
		if strings.Contains(source, `asset "uplot`) != strings.HasSuffix(name, "admin-overview.html") {
			t.Errorf("%s: uPlot belongs to the overview, and to nothing else", name)
		}
	}
}
