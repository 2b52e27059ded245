// Package bench drives HTTP servers and measures them: a generator of load that is cheap enough to share the machine
// with the server, the CPU and memory of processes, and the table, JSON and charts of what was found. It knows nothing of
// this product, so that any server can be measured in the same way.
package bench
