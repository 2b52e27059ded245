package backup_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	r := people(300)
	lock, unlock := pair(t)
	phrase := secret.FromString("four words and a dice")
	for name, c := range map[string]struct {
		lock   backup.Lock
		unlock backup.Unlock
	}{
		"recipient": {lock, unlock}, "passphrase": {backup.Lock{Passphrase: phrase}, backup.Unlock{Passphrase: phrase}}, "open": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := create(t, r, backup.Making{Lock: c.lock, KeyFiles: map[string]string{"jwt-secret-key": "hidden"}})
			if diff := cmp.Diff(r.all, whole(t, path, c.unlock)); diff != "" {
				t.Errorf("other rows:\n%s", diff)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("%v, %v: others may read it", info.Mode(), err)
			}
			f, err := backup.OpenFile(path, c.unlock)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close() //nolint:errcheck // it was read
			if keys := f.Manifest().KeyFiles; (len(keys) == 1) != (name != "open") {
				t.Errorf("keys in it: %v", keys)
			}
			if h, err := backup.ReadHeader(path); err != nil || h != f.Header || !h.MadeAt.Equal(noon) || h.Schema != 7 {
				t.Errorf("the header is %+v, %v", h, err)
			}
		})
	}
}

// TestAnyChangedByteIsRefused: and any cut, and anything added, however the file is closed.
func TestAnyChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	lock, unlock := pair(t)
	for name, c := range map[string]struct {
		lock   backup.Lock
		unlock backup.Unlock
	}{"closed": {lock, unlock}, "open": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := create(t, people(40), backup.Making{Lock: c.lock})
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir, rows := t.TempDir(), whole(t, path, c.unlock)
			refused := func(what string, at int, text []byte) {
				t.Helper()
				path := changed(t, dir, text)
				err := refusal(t, path, c.unlock)
				if err == nil && c.lock.Closed() == backup.Open && cmp.Equal(whole(t, path, c.unlock), rows) {
					return // gzip has bits that say nothing, such as those before the next whole byte
				}
				if err == nil {
					t.Fatalf("%s at byte %d of %d is not noticed", what, at, len(text))
				}
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("%s at byte %d is told in more than a sentence: %v", what, at, err)
				}
			}
			for at := 0; at < len(text); at += 3 {
				other := bytes.Clone(text)
				other[at] ^= 1 << (at % 8)
				refused("a changed bit", at, other)
			}
			for at := 0; at < len(text); at += 29 {
				refused("a cut", at, text[:at])
			}
			refused("a byte less", len(text)-1, text[:len(text)-1])
			refused("a byte more", len(text), append(bytes.Clone(text), 'x'))
			if err := refusal(t, changed(t, dir, text), c.unlock); err != nil {
				t.Errorf("the file itself is refused: %v", err)
			}
		})
	}
}

func TestWhoCannotOpenItIsToldSo(t *testing.T) {
	t.Parallel()
	lock, _ := pair(t)
	_, other := pair(t)
	byKey := create(t, people(3), backup.Making{Lock: lock})
	byPhrase := create(t, people(3), backup.Making{Lock: backup.Lock{Passphrase: secret.FromString("four words and a dice")}})
	for _, c := range []struct {
		path   string
		unlock backup.Unlock
		want   string
	}{
		{byKey, backup.Unlock{}, "--identity"},
		{byKey, other, "the age key that was given does not open it"},
		{byKey, backup.Unlock{Identities: secret.FromString("no key")}, "holds no secret age key"},
		{byPhrase, backup.Unlock{}, "--passphrase-stdin"},
		{byPhrase, backup.Unlock{Passphrase: secret.FromString("four words and a Dice")}, "the passphrase that was given does not open it"},
		{filepath.Join(t.TempDir(), "none"), backup.Unlock{}, "cannot be opened"},
		{changed(t, t.TempDir(), []byte("PK\x03\x04")), backup.Unlock{}, "no backup of aiwfe-auth"},
	} {
		if err := refusal(t, c.path, c.unlock); err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestFormOfAnotherVersionIsNamed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(create(t, people(3), backup.Making{}))
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`"format":1`), []byte(`"format":2`), 1)
	if err := refusal(t, changed(t, t.TempDir(), text), backup.Unlock{}); err == nil || !strings.Contains(err.Error(), "the form 2") {
		t.Error(err)
	}
}

// TestAFileOfSomebodyElseIsTold: whoever knows the recipient can close a file to it, and not sign it.
func TestAFileOfSomebodyElseIsTold(t *testing.T) {
	t.Parallel()
	lock, unlock := pair(t)
	ours, theirs := secret.FromString("the key of the installation"), secret.FromString("another key")
	for _, c := range []struct {
		mac  secret.Value
		made bool
	}{{ours, true}, {theirs, false}, {secret.Value{}, false}} {
		f, err := backup.OpenFile(create(t, people(3), backup.Making{Lock: lock, Mac: c.mac}), unlock)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Check(t.Context()); err != nil || f.Made(ours) != c.made || f.Made(theirs, ours) != (c.made || c.mac.Equal(theirs)) {
			t.Errorf("%v; made with our key: %v, want %v", err, f.Made(ours), c.made)
		}
		_ = f.Close()
	}
}

func TestABackupThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "one.backup")
	lost := people(10)
	lost.fails = 5
	if _, err := backup.Create(t.Context(), lost, backup.Making{Path: path}); !errors.Is(err, errLost) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v was left, %v", left, err)
	}
	create(t, people(10), backup.Making{Path: path})
	if _, err := backup.Create(t.Context(), people(10), backup.Making{Path: path}); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Error(err)
	}
	for _, lock := range []backup.Lock{
		{Passphrase: secret.FromString("short")}, {Recipients: []string{"age1nothing"}}, {Recipients: []string{"AGE-SECRET-KEY-1X"}},
	} {
		if _, err := backup.Create(t.Context(), people(1), backup.Making{Path: filepath.Join(dir, "two"), Lock: lock}); err == nil {
			t.Errorf("closed by %v", lock.Recipients)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "two")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestWhichBackupsStay(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		count int
		age   time.Duration
		left  int
	}{{3, 0, 3}, {0, 4*day + time.Hour, 5}, {2, 4*day + time.Hour, 5}, {7, day, 7}, {0, 0, 10}, {0, time.Hour, 1}} {
		dir := t.TempDir()
		for i := range 10 {
			at := noon.Add(-time.Duration(i) * day)
			r := people(1)
			create(t, r, backup.Making{Path: filepath.Join(dir, backup.Name(at))})
			setMade(t, filepath.Join(dir, backup.Name(at)), at)
		}
		others := []string{create(t, people(1), backup.Making{Path: filepath.Join(dir, "before-the-move.backup")}), changed(t, dir, []byte("x"))}
		if _, err := backup.Prune(dir, c.count, c.age, noon); err != nil {
			t.Fatal(err)
		}
		list, err := backup.List(dir)
		if err != nil || len(list) != c.left+len(others) {
			t.Errorf("keep %d and %s: %d are left, want %d, %v", c.count, c.age, len(list)-len(others), c.left, err)
		}
		if _, err := os.Stat(filepath.Join(dir, backup.Name(noon))); err != nil {
			t.Error("the newest is gone")
		}
		for _, path := range others {
			if _, err := os.Stat(path); err != nil {
				t.Error("a file that somebody named is gone")
			}
		}
	}
}

// setMade writes another moment into the open header.
func setMade(t *testing.T, path string, at time.Time) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(noon.Format(time.RFC3339)), []byte(at.Format(time.RFC3339)), 1)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
