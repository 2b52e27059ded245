package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// hash prints how many hashes of a kind the machine checks in a second, on all processors.
func hash(args []string) {
	seconds, err := strconv.ParseFloat(args[1], 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	one := hasher(args[0])
	length := time.Duration(seconds * float64(time.Second))
	var n atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range runtime.NumCPU() {
		all.Go(func() {
			for time.Since(began) < length {
				one()
				n.Add(1)
			}
		})
	}
	all.Wait()
	fmt.Println(float64(n.Load()) / time.Since(began).Seconds())
}

func hasher(kind string) func() {
	if kind == "argon2id" {
		return func() { argon2.IDKey([]byte(password), []byte("sixteen byte sal"), 2, 19*1024, 1, 32) }
	}
	cost, err := strconv.Atoi(kind)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	made, err := bcrypt.GenerateFromPassword([]byte(password), cost)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return func() { _ = bcrypt.CompareHashAndPassword(made, []byte(password)) }
}
