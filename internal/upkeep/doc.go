// Package upkeep does what somebody who looks after the installation should do
// each day, week and month: a list of chores, each of which looks at one thing
// and says what it saw, what it makes of it and what is to be done.
//
// It asks through functions and small interfaces and knows neither the
// configuration nor the network. When chores are due is judged here too; who
// does them then, and under which lease, is for app.
package upkeep
