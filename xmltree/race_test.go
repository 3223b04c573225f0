//go:build race

package xmltree

// share divides the size of large inputs: the race detector makes them slow.
const share = 10
