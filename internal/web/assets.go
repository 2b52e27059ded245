package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/aiwfe/aiwfe-auth/internal/brand"
)

//go:embed static
var staticFiles embed.FS

// StaticPrefix is where the handler of Assets belongs.
const StaticPrefix = "/static/"

// Types are fixed here, not asked of the system, whose list may be wrong or
// missing: with nosniff a script of the wrong type does not run.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png", ".webp": "image/webp",
	".txt": "text/plain; charset=utf-8", // licences of what others wrote
}

// Assets are the files under /static/. Each has an address with the hash of
// its content in the name, which may be kept for ever.
type Assets struct {
	addresses map[string]string // app.css -> /static/app.1a2b3c4d5e.css
	files     map[string]asset  // file name in the address -> file
}

type asset struct {
	body     []byte
	packed   func() []byte // gzip, made at the first request for it
	mime     string
	etag     string
	policy   string // a Content-Security-Policy of its own, or ""
	forEver  bool
	smallest bool // already packed as it is
}

// picturePolicy makes a drawing inert that somebody opens by itself: it may style
// itself and hold pixels, and do nothing else, on an origin that is nobody's.
const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'; sandbox"

// NewAssets reads the embedded files, and dresses them.
func NewAssets(l brand.Look) (*Assets, error) {
	a := &Assets{addresses: map[string]string{}, files: map[string]asset{}}
	entries, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		return nil, fmt.Errorf("web: list static files: %w", err)
	}
	for _, entry := range entries {
		body, err := worn(entry.Name(), l)
		if err == nil {
			err = a.add(entry.Name(), body)
		}
		if err != nil {
			return nil, err
		}
	}
	for name, logo := range map[string]*brand.Logo{"logo": l.Logo, "logo-dark": l.Dark} {
		if logo != nil {
			if err := a.add(name+logo.Ext, logo.Bytes); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

func (a *Assets) add(name string, body []byte) error {
	ext := path.Ext(name)
	mime, ok := assetTypes[ext]
	if !ok {
		return fmt.Errorf("web: static file %s is of a type that is not in the list", name)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:5])
	hashed := strings.TrimSuffix(name, ext) + "." + hash + ext
	f := asset{
		body: body, packed: sync.OnceValue(func() []byte { return pack(body) }),
		mime: mime, etag: `"` + hash + `"`, smallest: ext == ".png" || ext == ".webp",
	}
	if strings.HasPrefix(mime, "image/") {
		f.policy = picturePolicy
	}
	a.files[name] = f
	f.forEver = true
	a.files[hashed] = f
	a.addresses[name] = StaticPrefix + hashed
	return nil
}

// Address is where a file is found. Templates call it as asset "app.css"; an
// unknown name fails the page in the tests and not quietly in a browser.
func (a *Assets) Address(name string) (string, error) {
	address, ok := a.addresses[name]
	if !ok {
		return "", fmt.Errorf("there is no static file %q", name)
	}
	return address, nil
}

// Handler serves the files, and nothing else: no listing, no path walking, for
// names are looked up whole in a map. Only a hashed address is immutable; the
// plain one is asked for again each time, so an old page never keeps old style.
func (a *Assets) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "This address answers GET and HEAD only.", http.StatusMethodNotAllowed)
			return
		}
		f, ok := a.files[strings.TrimPrefix(r.URL.Path, StaticPrefix)]
		if !ok {
			h.Set("Cache-Control", "no-store")
			http.Error(w, "There is no such file.", http.StatusNotFound)
			return
		}
		f.serve(w, r)
	})
}

func (f asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("ETag", f.etag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	if f.policy != "" {
		h.Set("Content-Security-Policy", f.policy)
	}
	if f.forEver {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if !f.smallest && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body = f.packed()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3); q=0 is a no.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !found || (err == nil && value > 0)
	}
	return false
}

func pack(b []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails only on an unknown level
	_, _ = z.Write(b)                                       // a bytes.Buffer takes everything
	_ = z.Close()
	return out.Bytes()
}
