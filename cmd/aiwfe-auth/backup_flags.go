package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiwfe/aiwfe-auth/internal/app"
	"github.com/aiwfe/aiwfe-auth/internal/backup"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

// keyFlags are what opens and closes a backup. None of them is a secret itself.
type keyFlags struct {
	stdin                bool
	passphrase, identity string
}

func (k *keyFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&k.stdin, "passphrase-stdin", false, "read the passphrase from standard input")
	cmd.Flags().StringVar(&k.passphrase, "passphrase-file", "", "a file with the passphrase in its first line")
	cmd.MarkFlagsMutuallyExclusive("passphrase-stdin", "passphrase-file")
}

func (k *keyFlags) addOpening(cmd *cobra.Command) {
	k.add(cmd)
	cmd.Flags().StringVar(&k.identity, "identity", "", "a file with the secret age key that opens it")
}

// phrase reads the passphrase from where the flags say; empty where they say nothing.
func (k *keyFlags) phrase(p *program) (secret.Value, error) {
	in := p.in
	switch {
	case k.passphrase != "":
		f, err := os.Open(k.passphrase)
		if err != nil {
			return secret.Value{}, fmt.Errorf("the file of the passphrase cannot be read: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	case !k.stdin:
		return secret.Value{}, nil
	}
	text, err := bufio.NewReader(io.LimitReader(in, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return secret.Value{}, fmt.Errorf("the passphrase could not be read: %w", err)
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return secret.Value{}, errors.New("the passphrase is empty")
	}
	return secret.FromString(text), nil
}

// lock is what closes a new backup: what the flags say, else the settings.
func (k *keyFlags) lock(p *program, cfg *config.Config, recipients []string, plain bool) (backup.Lock, error) {
	phrase, err := k.phrase(p)
	switch {
	case err != nil:
		return backup.Lock{}, err
	case plain && (len(recipients) > 0 || !phrase.Empty()):
		return backup.Lock{}, errors.New("--plain does not go together with a recipient or a passphrase")
	case plain:
		return backup.Lock{}, nil
	case len(recipients) > 0 && !phrase.Empty():
		return backup.Lock{}, errors.New("a backup is closed to recipients or by a passphrase, not both")
	case len(recipients) > 0:
		return backup.Lock{Recipients: recipients}, nil
	case !phrase.Empty():
		return backup.Lock{Passphrase: phrase}, nil
	}
	if lock := app.BackupLock(cfg); lock.Closed() != backup.Open {
		return lock, nil
	}
	return backup.Lock{}, errors.New("say how the backup is closed: --recipient, --passphrase-stdin, --passphrase-file, BACKUP_RECIPIENT or BACKUP_PASSPHRASE; " +
		"--plain leaves it open to everybody who gets at the file")
}

// unlock is what opens one.
func (k *keyFlags) unlock(p *program, cfg *config.Config) (u backup.Unlock, err error) {
	if u.Passphrase, err = k.phrase(p); err != nil {
		return u, err
	}
	if u.Passphrase.Empty() {
		u.Passphrase = cfg.BackupPassphrase
	}
	if k.identity != "" {
		text, err := os.ReadFile(k.identity)
		if err != nil {
			return u, fmt.Errorf("the file of the age key cannot be read: %w", err)
		}
		u.Identities = secret.New(text)
	}
	return u, nil
}
