// Package deploy holds the ready-made files of deploy/ to the program that they are for.
package deploy
