// Command gallery copies what the browser tests saw into docs/pages: each page
// once, wide and light, and some of them narrow and dark or from right to left.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// pictures are the names in test/output and in docs/pages.
var pictures = [][2]string{
	{"flow-login-passkey-desktop-light", "login"},
	{"flow-login-passkey-narrow-dark", "login-narrow"},
	{"login-wrong-password", "login-wrong-password"},
	{"flow-login-shut-desktop-light", "login-shut"},
	{"flow-brand-shown-login-desktop-light", "login-branded"},
	{"flow-brand-shown-login-narrow-dark", "login-branded-narrow"},
	{"flow-verify-desktop-light", "verify"},
	{"flow-verify-passkey-narrow-dark", "verify-passkey-narrow"},
	{"flow-verify-backup-desktop-light", "verify-backup"},
	{"flow-enroll-desktop-light", "enroll"},
	{"flow-enroll-narrow-dark", "enroll-narrow"},
	{"flow-reauth-code-desktop-light", "reauth"},
	{"register-desktop-light", "register"},
	{"flow-register-mailed-desktop-light", "register-mailed"},
	{"flow-verify-email-desktop-light", "verify-email"},
	{"flow-verify-email-password-desktop-light", "verify-email-elsewhere"},
	{"flow-forgot-desktop-light", "forgot-password"},
	{"flow-mailed-desktop-light", "forgot-password-sent"},
	{"reset-desktop-light", "reset-password"},
	{"flow-unlock-request-desktop-light", "unlock-request"},
	{"flow-unlock-desktop-light", "unlock"},
	{"flow-not-me-desktop-light", "not-me"},
	{"flow-dead-link-desktop-light", "dead-link"},
	{"setup", "setup"},
	{"invitation-desktop-light", "invitation"},
	{"flow-mailbox-desktop-light", "mailbox"},
	{"flow-letter-desktop-light", "letter"},
	{"account-full-wide-light", "account"},
	{"account-new-wide-dark", "account-new-dark"},
	{"account-full-narrow-dark", "account-narrow"},
	{"account-rtl-wide-light", "account-arabic"},
	{"account-security-full-wide-light", "security"},
	{"account-security-rtl-narrow-dark", "security-arabic-narrow"},
	{"account-password-full-wide-light", "password"},
	{"account-email-full-wide-light", "address"},
	{"account-app-refused-wide-light", "authenticator-app"},
	{"account-passkeys-open-wide-light", "passkeys"},
	{"account-codes-made-wide-light", "backup-codes"},
	{"account-sessions-full-wide-light", "sessions"},
	{"account-tokens-full-wide-light", "tokens"},
	{"account-token-made", "token-made"},
	{"account-activity-full-wide-light", "activity"},
	{"account-data-full-wide-light", "your-data"},
	{"account-delete-full-wide-light", "delete"},
	{"overview-desktop-light", "overview"},
	{"overview-narrow-dark", "overview-narrow"},
	{"overview-ar-narrow-dark", "overview-arabic-narrow"},
	{"admin-users-many-desktop-light", "users"},
	{"admin-users-long-narrow-dark", "users-narrow"},
	{"admin-users-none-desktop-light", "users-none"},
	{"admin-invite-desktop-light", "invite"},
	{"admin-link-desktop", "one-time-link"},
	{"admin-user-desktop-light", "user"},
	{"admin-user-narrow-dark", "user-narrow"},
	{"admin-delete-long-desktop-light", "user-delete"},
	{"admin-audit-refused-desktop-light", "audit"},
	{"admin-audit-live", "audit-live"},
	{"admin-audit-none-desktop-light", "audit-none"},
	{"admin-explain-desktop-light", "explain"},
	{"admin-explain-narrow-dark", "explain-narrow"},
	{"admin-explain-unknown-desktop-light", "explain-unknown"},
	{"admin-policy-desktop-light", "policy"},
	{"admin-policy-narrow-dark", "policy-narrow"},
	{"admin-audit-refused-narrow-dark", "audit-narrow"},
	{"admin-doctor-ill-desktop-light", "doctor"},
	{"admin-doctor-well-desktop-light", "doctor-well"},
	{"admin-doctor-ill-ar-narrow-dark", "doctor-arabic-narrow"},
	{"admin-reports-open-wide-light", "browser-reports"},
	{"selftest-en-wide-light", "login-told"},
	{"not-found-desktop-light", "not-found"},
	{"problem-desktop-light", "problem"},
	{"docs-desktop-light", "docs"},
}

// tallest is where a long page is cut, in pixels.
const tallest = 1800

func main() {
	log.SetFlags(0)
	old, err := filepath.Glob("docs/pages/*.png")
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			log.Fatal(err)
		}
	}
	var text strings.Builder
	text.WriteString("# Every page\n\nAs the browser tests saw them; `make pages` takes them anew.\n")
	for _, p := range pictures {
		if err := take(p[0], p[1]); err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(&text, "\n## %[1]s\n\n![%[1]s](%[1]s.png)\n", p[1])
	}
	if err := os.WriteFile("docs/pages/README.md", []byte(text.String()), 0o600); err != nil {
		log.Fatal(err)
	}
}

func take(from, to string) error {
	data, err := os.ReadFile(filepath.Join("test/output", from+".png"))
	if err != nil {
		return fmt.Errorf("run the tests of test/pages first: %w", err)
	}
	whole, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	size := whole.Bounds()
	size.Max.Y = min(size.Max.Y, size.Min.Y+tallest)
	// A page has few colours: a palette shows it as well, in a third of the bytes.
	small := image.NewPaletted(size, palette(whole, size))
	draw.Draw(small, size, whole, size.Min, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("docs/pages", to+".png"), out.Bytes(), 0o600)
}

// palette has the colours that a picture uses most.
func palette(m image.Image, size image.Rectangle) color.Palette {
	count := map[color.RGBA]int{}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			count[color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)]++
		}
	}
	most := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int { return count[b] - count[a] })
	p := make(color.Palette, 0, 256)
	for _, c := range most[:min(len(most), 256)] {
		p = append(p, c)
	}
	return p
}
