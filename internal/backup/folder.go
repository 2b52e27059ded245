package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	prefix = "aiwfe-auth-"
	suffix = ".backup"
	stamp  = "20060102T150405Z"
)

// Name is how a backup is called that is made now.
func Name(now time.Time) string { return prefix + now.UTC().Format(stamp) + suffix }

// Entry is a backup in a folder.
type Entry struct {
	Header
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	// Trouble says why it cannot be read.
	Trouble string `json:"trouble,omitempty"`
}

// List gives the backups of a folder, the newest first. What is called a backup
// and cannot be read is among them, with the reason.
func List(dir string) (list []Entry, err error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.IsDir() || !strings.HasSuffix(f.Name(), suffix) {
			continue
		}
		e := Entry{Path: filepath.Join(dir, f.Name())}
		if info, err := f.Info(); err == nil {
			e.Bytes = info.Size()
		}
		if e.Header, err = ReadHeader(e.Path); err != nil {
			e.Trouble = strings.TrimPrefix(err.Error(), e.Path+": ")
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return b.MadeAt.Compare(a.MadeAt) })
	return list, nil
}

// Prune removes the backups that were made on a schedule and are not kept any
// more: those that are neither among the newest so many nor younger than age.
// The newest stays whatever was asked, and so does what has another name.
func Prune(dir string, count int, age time.Duration, now time.Time) (gone []string, err error) {
	list, err := List(dir)
	if err != nil || count <= 0 && age <= 0 {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e Entry) bool {
		_, wrong := time.Parse(prefix+stamp+suffix, filepath.Base(e.Path))
		return wrong != nil || e.Trouble != ""
	})
	for i, e := range list {
		if i == 0 || i < count || age > 0 && now.Sub(e.MadeAt) < age {
			continue
		}
		if err := os.Remove(e.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return gone, err
		}
		gone = append(gone, e.Path)
	}
	return gone, nil
}

// SweepPartial removes what somebody left half done who was killed: files that
// nobody has written to for a day.
func SweepPartial(dir string, now time.Time) {
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), partial) || !strings.HasPrefix(f.Name(), ".") {
			continue
		}
		if info, err := f.Info(); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(filepath.Join(dir, f.Name()))
		}
	}
}
